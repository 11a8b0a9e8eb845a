//! One binary of chapters; each speaks of behaviour, through the public API.

mod answers;
mod body;
mod border;
mod canary;
mod config;
mod desk;
mod house;
mod languages;
mod network;
mod programs;
mod push;
mod simulator;
mod token;

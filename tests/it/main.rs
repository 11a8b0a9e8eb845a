//! One binary of chapters; each speaks of behaviour, through the public API.

mod answers;
mod body;
mod border;
mod canary;
mod config;
mod desk;
mod file_store;
mod forks;
mod house;
mod jobs;
mod languages;
mod network;
mod order;
mod processes;
mod programs;
mod push;
mod redis;
mod simulator;
mod stores;
mod token;

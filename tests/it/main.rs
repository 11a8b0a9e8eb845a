//! One binary of chapters; each speaks of behaviour, through the public API.

mod answers;
mod body;
mod border;
mod canary;
mod clocks;
mod config;
mod desk;
mod guests;
mod house;
mod languages;
mod neighbours;
mod network;
mod operators;
mod programs;
mod props;
mod push;
mod simulator;
mod together;
mod token;
mod unauthorized;

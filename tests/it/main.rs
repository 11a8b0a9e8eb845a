//! One binary of chapters; each speaks of behaviour, through the public API.

mod answers;
mod body;
mod border;
mod canary;
mod certificates;
mod config;
mod desk;
mod file_store;
mod forks;
mod grants;
mod house;
mod jobs;
mod languages;
mod life;
mod lost;
mod network;
mod order;
mod processes;
mod programs;
mod push;
mod redis;
mod refusals;
mod simulator;
mod stores;
mod token;

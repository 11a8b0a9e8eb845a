//! One binary of chapters; each speaks of behaviour, through the public API.

mod answers;
mod body;
mod border;
mod canary;
mod certificates;
mod config;
mod desk;
mod grants;
mod house;
mod languages;
mod life;
mod lost;
mod network;
mod programs;
mod push;
mod refusals;
mod simulator;
mod token;

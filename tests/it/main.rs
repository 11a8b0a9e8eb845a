//! One binary of chapters; each speaks of behaviour, through the public API.

mod house;

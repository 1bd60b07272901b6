//! Several processes against one Postgres and one Redis, as operators run them: real programs, killed and restarted, with the stand-ins'
//! books as witnesses. Left out, and said so, where the servers are missing.

mod budget;
mod customers;
mod killed;
mod office;
mod process;
mod redis;
mod rolling;
mod spans;
mod town;
mod turns;
mod watched;

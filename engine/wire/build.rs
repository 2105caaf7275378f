//! Makes the messages of `engine/proto/cabrank.proto`, without a `protoc` on the machine.

use std::error::Error;

const PROTO: &str = "../proto";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={PROTO}");
    let descriptors = protox::compile([format!("{PROTO}/cabrank.proto")], [PROTO])?;
    Ok(prost_build::Config::new().btree_map(["."]).compile_fds(descriptors)?)
}

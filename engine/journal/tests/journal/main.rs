//! The journal against crashes, damage and disks that fail.

mod beside;
mod damage;
mod faults;
mod faulty;
mod fixture;
mod notes;
mod power;
mod repair;
mod retention;
mod roll;
mod sample;
mod snapshot;
mod torn;
mod version_1;
mod version_2;
mod version_3;

//! The production core in virtual time against what theory knows exactly.
//!
//! An estimate stands if the exact value lies within the 99.9 % confidence interval of 20 independent replications and that
//! interval is narrow: half of it is less than 3 % of the value, so that an order of service that is off by little more
//! fails. What holds path by path (Kiefer and Wolfowitz, conservation with equal service, equal targets) is compared to the
//! microsecond. Seeds are fixed: a run is the same everywhere.

mod agents;
mod bench;
mod classes;
mod formulas;
mod markov;
mod one_class;

//! What `cabrank-sim load` can be told of QUIC.

use super::super::Unusable;
use super::args::{read_time, read_user, text_of};
use crate::load::QuicPlan;
use cabrank_wire::Fingerprint;
use cabrank_wire::client::{Identity, Trust};
use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Only with a target of quic://.
#[derive(Args)]
#[command(next_help_heading = "With quic://")]
pub(super) struct QuicArgs {
    /// The line that callers dial. Such as +6565521111.
    #[arg(long, value_name = "LINE", default_value = "taxi", value_parser = read_user)]
    line: String,
    /// How many connections; calls take turns.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1_024))]
    connections: u16,
    /// The fingerprint of the desk's certificate, as it prints it at its start: sha256:... .
    #[arg(long, value_name = "SHA256", conflicts_with = "ca")]
    fingerprint: Option<Fingerprint>,
    /// Believe what the certificates of this PEM file signed, for the target's host name.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// The token: of the administrator, or of the peer that --name names.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Our name under [[quic.peer]], with the role `load`; without it the token is the administrator's.
    #[arg(long, value_name = "NAME", default_value = "")]
    name: String,
    /// How long a prompt is played to a caller.
    #[arg(long, value_name = "TIME", default_value = "200ms", value_parser = read_time)]
    prompt: Duration,
}

impl QuicArgs {
    pub(super) fn plan(&self, server_name: String, server: SocketAddr, agents: Vec<String>) -> Result<QuicPlan, Unusable> {
        let Some(token) = &self.token_file else {
            return Err(Unusable::because(
                "quic:// needs --token-file: the administrator's token, or that of the peer that --name names",
            ));
        };
        let token = text_of(token)?;
        Ok(QuicPlan {
            server,
            trust: self.trust()?,
            server_name,
            identity: Identity { software: "cabrank-sim".into(), ..Identity::with_token(self.name.as_str(), token.trim()) },
            connections: self.connections.into(),
            line: self.line.clone(),
            agents,
            prompt: self.prompt,
        })
    }

    fn trust(&self) -> Result<Trust, Unusable> {
        match (&self.fingerprint, &self.ca) {
            (Some(fingerprint), _) => Ok(Trust::Fingerprint(*fingerprint)),
            (None, Some(path)) => {
                let read = Trust::roots_from_pem_file(path);
                read.map_err(|error| Unusable::because(format!("{}: {error}", path.display())))
            }
            (None, None) => {
                Err(Unusable::because("quic:// needs --fingerprint, which the desk prints at its start, or --ca FILE"))
            }
        }
    }
}

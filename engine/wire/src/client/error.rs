//! What can go wrong with an engine far away.

use crate::{Code, Unreadable};
use quinn::{ConnectionError, ReadError, TransportErrorCode, VarInt, WriteError};
use std::net::SocketAddr;

/// Why a client cannot go on as it was.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// Nobody answered in time.
    #[error("no engine answers at {0}")]
    Unreached(SocketAddr),
    /// The handshake failed: the certificate is not the one expected, or the other side speaks another protocol.
    #[error("the handshake failed: {0}")]
    Handshake(String),
    /// The client's own certificate, key, server name or socket is of no use.
    #[error("what the client was given cannot be used: {0}")]
    Unusable(String),
    /// The connection is gone, and the session with its calls is not: `resume` takes it up again.
    #[error("the connection was lost: {0}")]
    Lost(ConnectionError),
    /// The engine closed the connection.
    #[error("the engine closed the connection: {0}")]
    Closed(Code),
    /// The engine reset this stream, or will not hear more on it.
    #[error("the engine cut this stream off: {0}")]
    Cut(Code),
    /// The connection was closed, or a stream cut off, with a code that is none of [`Code`].
    #[error("the engine gave the code {0}, which says nothing here")]
    UnknownCode(u64),
    /// The engine said something that is no message.
    #[error("the engine said {0}")]
    Unreadable(#[from] Unreadable),
    /// The engine finished a stream in the middle of a message, or before one that must come.
    #[error("the engine said half of what it had to say")]
    Half,
    /// The session is over, and whatever hung on it, or the engine never said that it has this call.
    #[error("what was to be resumed is over")]
    Over,
}

impl Error {
    /// Whether `resume` may take the session up again: the connection is gone, and not because the client may not come.
    pub fn is_resumable(&self) -> bool {
        match self {
            Error::Unreached(_) | Error::Lost(_) => true,
            Error::Closed(code) => match code {
                Code::Stopping | Code::TooSlow | Code::Busy => true,
                Code::Done | Code::Unreadable | Code::NotLetIn | Code::TakenUp | Code::NoSession => false,
            },
            Error::Handshake(_)
            | Error::Unusable(_)
            | Error::Cut(_)
            | Error::UnknownCode(_)
            | Error::Unreadable(_)
            | Error::Half
            | Error::Over => false,
        }
    }

    /// A stream was reset or stopped with this number.
    pub(super) fn cut(number: VarInt) -> Error {
        Code::from_number(number.into_inner()).map_or(Error::UnknownCode(number.into_inner()), Error::Cut)
    }
}

impl From<ConnectionError> for Error {
    fn from(error: ConnectionError) -> Error {
        match &error {
            ConnectionError::ApplicationClosed(close) => {
                let number = close.error_code.into_inner();
                Code::from_number(number).map_or(Error::UnknownCode(number), Error::Closed)
            }
            ConnectionError::ConnectionClosed(close) if close.error_code == TransportErrorCode::CONNECTION_REFUSED => {
                Error::Closed(Code::Busy)
            }
            ConnectionError::ConnectionClosed(close) if is_of_tls(close.error_code) => Error::Handshake(error.to_string()),
            ConnectionError::TransportError(fault) if is_of_tls(fault.code) => Error::Handshake(fault.reason.clone()),
            ConnectionError::VersionMismatch => Error::Handshake(error.to_string()),
            ConnectionError::ConnectionClosed(_)
            | ConnectionError::TransportError(_)
            | ConnectionError::Reset
            | ConnectionError::LocallyClosed
            | ConnectionError::TimedOut
            | ConnectionError::CidsExhausted => Error::Lost(error),
        }
    }
}

impl From<ReadError> for Error {
    fn from(error: ReadError) -> Error {
        match error {
            ReadError::Reset(number) => Error::cut(number),
            ReadError::ConnectionLost(error) => error.into(),
            ReadError::ClosedStream | ReadError::IllegalOrderedRead | ReadError::ZeroRttRejected => Error::Cut(Code::Done),
        }
    }
}

impl From<WriteError> for Error {
    fn from(error: WriteError) -> Error {
        match error {
            WriteError::Stopped(number) => Error::cut(number),
            WriteError::ConnectionLost(error) => error.into(),
            WriteError::ClosedStream | WriteError::ZeroRttRejected => Error::Cut(Code::Done),
        }
    }
}

/// Codes with which TLS itself says that it cannot go on (RFC 9001, 4.8).
fn is_of_tls(code: TransportErrorCode) -> bool {
    (0x100..0x200).contains(&u64::from(code))
}

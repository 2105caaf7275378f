//! What an engine that was just started says to the clients of the one before: that their connections are gone (stateless reset,
//! RFC 9000, 10.3). So they come back with the first packet that they send, not after their patience is over.
//!
//! To be believed it has to show what the one before had told them, so both make it of the one thing that they share: the
//! certificate's key.

use super::certificate::Certificate;
use hmac::{Hmac, KeyInit as _, Mac as _};
use quinn::EndpointConfig;
use quinn::crypto::{CryptoError, HmacKey};
use quinn_proto::HashedConnectionIdGenerator;
use sha2::Sha256;
use std::sync::Arc;

/// How an endpoint with that certificate names its connections and takes leave of those that it does not know.
pub(super) fn endpoint(certificate: &Certificate) -> EndpointConfig {
    let secret = Key::of(certificate.key.secret_der());
    let mut config = EndpointConfig::new(Arc::new(Key::of(&secret.signature(b"cabrank quic reset"))));
    let [a, b, c, d, e, f, g, h, ..] = secret.signature(b"cabrank quic connection ids");
    let ids = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
    config.cid_generator(move || Box::new(HashedConnectionIdGenerator::from_key(ids)));
    config
}

/// A key of HMAC-SHA256.
struct Key(Hmac<Sha256>);

impl Key {
    fn of(secret: &[u8]) -> Key {
        // HMAC takes keys of any length.
        Key(Hmac::new_from_slice(secret).unwrap_or_else(|_| Hmac::new(&Default::default())))
    }

    fn signature(&self, data: &[u8]) -> [u8; 32] {
        self.0.clone().chain_update(data).finalize().into_bytes().into()
    }
}

impl HmacKey for Key {
    fn sign(&self, data: &[u8], signature_out: &mut [u8]) {
        signature_out.copy_from_slice(&self.signature(data));
    }

    fn signature_len(&self) -> usize {
        32
    }

    fn verify(&self, data: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
        self.0.clone().chain_update(data).verify_slice(signature).map_err(|_| CryptoError)
    }
}

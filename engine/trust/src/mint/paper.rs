//! Authorities and what they certify.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair};
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
    PKCS_ECDSA_P384_SHA384, date_time_ymd,
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// The years in which a certificate is valid, the first one included, the last one not.
#[derive(Clone, Copy, Debug)]
pub struct Validity(pub i32, pub i32);

impl Validity {
    /// Now and for long.
    pub const LONG: Validity = Validity(2020, 2090);
}

/// Whose numbers a provider may sign for, as the certificate says it.
#[derive(Clone, Debug)]
pub enum Numbers {
    /// It does not say.
    Unsaid,
    /// It is a service provider, of this code.
    Provider(String),
    /// This number.
    One(String),
    /// So many (less than 128) from this number on.
    Range(String, u8),
}

impl Numbers {
    /// The TNAuthList extension; texts are shorter than 100 bytes.
    fn extension(&self) -> Option<CustomExtension> {
        let entry = match self {
            Numbers::Unsaid => return None,
            Numbers::Provider(code) => tlv(0xa0, &tlv(0x16, code.as_bytes())),
            Numbers::One(number) => tlv(0xa2, &tlv(0x16, number.as_bytes())),
            Numbers::Range(start, count) => tlv(0xa1, &tlv(0x30, &[tlv(0x16, start.as_bytes()), tlv(0x02, &[*count])].concat())),
        };
        Some(CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 26], tlv(0x30, &entry)))
    }
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, content.len() as u8], content].concat()
}

/// On which curve a provider's key is.
#[derive(Clone, Copy, Debug)]
pub enum Curve {
    /// The one of ES256.
    P256,
    /// Another one.
    P384,
}

/// What is to be certified.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Whose numbers.
    pub numbers: Numbers,
    /// When.
    pub valid: Validity,
    /// Whether the key may sign anything.
    pub may_sign: bool,
    /// Which key.
    pub curve: Curve,
}

impl Default for Paper {
    fn default() -> Paper {
        Paper { numbers: Numbers::Provider("709J".to_owned()), valid: Validity::LONG, may_sign: true, curve: Curve::P256 }
    }
}

/// A certification authority: a root, and one below it that certifies.
#[derive(Debug)]
pub struct Authority {
    root: rcgen::Certificate,
    between: rcgen::Certificate,
    issuer: Issuer<'static, KeyPair>,
}

/// A provider who signs.
#[derive(Debug)]
pub struct Provider {
    key: EcdsaKeyPair,
    /// The provider's certificate and the one above it, PEM.
    pub chain: String,
    /// The provider's certificate alone, DER.
    pub certificate: Vec<u8>,
}

impl Authority {
    /// An authority of that name.
    ///
    /// # Errors
    /// When no key can be made.
    pub fn new(name: &str) -> Result<Authority, rcgen::Error> {
        let (root_key, key) = (KeyPair::generate()?, KeyPair::generate()?);
        let (root_params, params) = (authority_params(&format!("{name} root")), authority_params(name));
        let root = root_params.self_signed(&root_key)?;
        let between = params.signed_by(&key, &Issuer::new(root_params, root_key))?;
        Ok(Authority { root, between, issuer: Issuer::new(params, key) })
    }

    /// The root, PEM.
    #[must_use]
    pub fn root_pem(&self) -> String {
        self.root.pem()
    }

    /// The root.
    #[must_use]
    pub fn root(&self) -> CertificateDer<'static> {
        self.root.der().clone()
    }

    /// A provider with that paper.
    ///
    /// # Errors
    /// When no key can be made.
    pub fn provider(&self, paper: &Paper) -> Result<Provider, rcgen::Error> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "SHAKEN 709J");
        params.not_before = date_time_ymd(paper.valid.0, 1, 1);
        params.not_after = date_time_ymd(paper.valid.1, 1, 1);
        params.key_usages =
            vec![if paper.may_sign { KeyUsagePurpose::DigitalSignature } else { KeyUsagePurpose::KeyEncipherment }];
        params.custom_extensions.extend(paper.numbers.extension());
        let (algorithm, signing) = match paper.curve {
            Curve::P256 => (&PKCS_ECDSA_P256_SHA256, &ECDSA_P256_SHA256_FIXED_SIGNING),
            Curve::P384 => (&PKCS_ECDSA_P384_SHA384, &ECDSA_P384_SHA384_FIXED_SIGNING),
        };
        let key = KeyPair::generate_for(algorithm)?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        let chain = format!("{}{}", certificate.pem(), self.between.pem());
        let key = EcdsaKeyPair::from_pkcs8(signing, key.serialized_der());
        let key = key.map_err(|_| rcgen::Error::CouldNotParseKeyPair)?;
        Ok(Provider { key, chain, certificate: certificate.der().to_vec() })
    }

    /// The chain and key by which a host of that name is believed.
    ///
    /// # Errors
    /// When no key can be made.
    pub fn host(&self, name: &str) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), rcgen::Error> {
        let key = KeyPair::generate()?;
        let certificate = CertificateParams::new([name.to_owned()])?.signed_by(&key, &self.issuer)?;
        let chain = vec![certificate.der().clone(), self.between.der().clone()];
        Ok((chain, PrivatePkcs8KeyDer::from(key.serialize_der()).into()))
    }
}

impl Provider {
    /// The key's algorithm (ES256, as a rule) over these bytes: r and s. Empty if the system has no randomness.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.key.sign(&SystemRandom::new(), message).map(|signature| signature.as_ref().to_vec()).unwrap_or_default()
    }
}

fn authority_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

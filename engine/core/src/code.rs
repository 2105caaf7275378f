//! One byte form for inputs, settings and the desk itself: what the journal keeps and the digest covers.
//!
//! Whole numbers are LEB128 varints; `bool` is a byte; text and lists are a length and their items; options are 0 or 1
//! and the value; a structure is its fields in order; an enumeration is a tag byte, fixed in [`crate::forms`], and the
//! variant's fields. There are no field names: a change of form is a new [`Form`], and a new version of the journal's
//! format. Older forms are read, never written.

use crate::Text;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Where bytes go: a buffer, or a digest.
pub trait Sink {
    /// Takes these bytes.
    fn put(&mut self, bytes: &[u8]);
}

impl Sink for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// Something with a byte form.
pub trait Code: Sized {
    /// Appends the byte form.
    fn encode<S: Sink>(&self, sink: &mut S);

    /// Reads it back. Bytes may be hostile: the answer is then [`Malformed`].
    fn decode(reader: &mut Reader<'_>) -> Result<Self, Malformed>;

    /// The byte form by itself.
    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.encode(&mut bytes);
        bytes
    }

    /// Reads a byte form that must fill `bytes` to the end.
    fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        Self::from_bytes_of(bytes, Form::WRITTEN)
    }

    /// The same of bytes in an older form.
    fn from_bytes_of(bytes: &[u8], form: Form) -> Result<Self, Malformed> {
        let mut reader = Reader::of_form(bytes, form);
        let value = Self::decode(&mut reader)?;
        if reader.rest.is_empty() { Ok(value) } else { Err(Malformed) }
    }
}

/// These bytes are no form of what was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

impl core::fmt::Display for Malformed {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("the bytes have no known form")
    }
}

impl core::error::Error for Malformed {}

/// Which form bytes were written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// Queues were served first come, first served; callers had no token.
    One,
    /// A call did not come back after a restart.
    Two,
    /// The form that is written.
    Three,
}

impl Form {
    /// The form that is written.
    pub const WRITTEN: Form = Form::Three;
}

/// Bytes being read.
pub struct Reader<'a> {
    rest: &'a [u8],
    form: Form,
}

impl<'a> Reader<'a> {
    /// Reads from the start of `bytes`, written in the form that is written today.
    pub fn new(bytes: &'a [u8]) -> Self {
        Reader::of_form(bytes, Form::WRITTEN)
    }

    /// Reads from the start of `bytes`, written in that form.
    pub fn of_form(bytes: &'a [u8], form: Form) -> Self {
        Reader { rest: bytes, form }
    }

    /// Whether nothing is left.
    pub(crate) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn form(&self) -> Form {
        self.form
    }

    fn take(&mut self, n: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.rest.split_at_checked(n).ok_or(Malformed)?;
        self.rest = rest;
        Ok(taken)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, Malformed> {
        self.take(1)?.first().copied().ok_or(Malformed)
    }

    /// A length that the remaining bytes can hold, each item being a byte at least: hostile lengths allocate nothing.
    pub(crate) fn length(&mut self) -> Result<usize, Malformed> {
        let length = usize::try_from(u64::decode(self)?).map_err(|_| Malformed)?;
        if length <= self.rest.len() { Ok(length) } else { Err(Malformed) }
    }
}

impl Code for u64 {
    fn encode<S: Sink>(&self, sink: &mut S) {
        let mut left = *self;
        while left >= 0x80 {
            sink.put(&[(left as u8) | 0x80]);
            left >>= 7;
        }
        sink.put(&[left as u8]);
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = reader.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(Malformed);
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Malformed)
    }
}

macro_rules! code_number {
    ($($number:ty),*) => {$(
        impl Code for $number {
            fn encode<S: Sink>(&self, sink: &mut S) {
                u64::from(*self).encode(sink);
            }

            fn decode(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
                u64::decode(reader)?.try_into().map_err(|_| Malformed)
            }
        }
    )*};
}
code_number!(u8, u16, u32);

impl Code for bool {
    fn encode<S: Sink>(&self, sink: &mut S) {
        sink.put(&[u8::from(*self)]);
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        match reader.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Malformed),
        }
    }
}

impl Code for Text {
    fn encode<S: Sink>(&self, sink: &mut S) {
        (self.len() as u64).encode(sink);
        sink.put(self.as_bytes());
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let length = reader.length()?;
        core::str::from_utf8(reader.take(length)?).map(Text::from).map_err(|_| Malformed)
    }
}

impl<T: Code> Code for Option<T> {
    fn encode<S: Sink>(&self, sink: &mut S) {
        self.is_some().encode(sink);
        if let Some(value) = self {
            value.encode(sink);
        }
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        bool::decode(reader)?.then(|| T::decode(reader)).transpose()
    }
}

impl<T: Code> Code for Box<T> {
    fn encode<S: Sink>(&self, sink: &mut S) {
        (**self).encode(sink);
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        T::decode(reader).map(Box::new)
    }
}

impl<T: Code> Code for Arc<T> {
    fn encode<S: Sink>(&self, sink: &mut S) {
        (**self).encode(sink);
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        T::decode(reader).map(Arc::new)
    }
}

impl<A: Code, B: Code> Code for (A, B) {
    fn encode<S: Sink>(&self, sink: &mut S) {
        self.0.encode(sink);
        self.1.encode(sink);
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok((A::decode(reader)?, B::decode(reader)?))
    }
}

macro_rules! code_collection {
    ($({$($generics:tt)*} $collection:ty, $item:ty;)*) => {$(
        impl<$($generics)*> Code for $collection {
            fn encode<S: Sink>(&self, sink: &mut S) {
                (self.len() as u64).encode(sink);
                for item in self {
                    EncodeItem::encode_item(&item, sink);
                }
            }

            fn decode(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
                let length = reader.length()?;
                (0..length).map(|_| <$item>::decode(reader)).collect()
            }
        }
    )*};
}
code_collection! {
    {T: Code} Vec<T>, T;
    {T: Code + Ord} BTreeSet<T>, T;
    {K: Code + Ord, V: Code} BTreeMap<K, V>, (K, V);
}

/// What iterating a collection by reference yields: an item, or the two halves of one.
trait EncodeItem {
    fn encode_item<S: Sink>(&self, sink: &mut S);
}

impl<T: Code> EncodeItem for &T {
    fn encode_item<S: Sink>(&self, sink: &mut S) {
        (**self).encode(sink);
    }
}

impl<K: Code, V: Code> EncodeItem for (&K, &V) {
    fn encode_item<S: Sink>(&self, sink: &mut S) {
        self.0.encode(sink);
        self.1.encode(sink);
    }
}

/// A structure is its fields in order.
macro_rules! code_struct {
    ($($name:ident { $($field:ident),* $(,)? })*) => {$(
        impl $crate::Code for $name {
            fn encode<S: $crate::Sink>(&self, sink: &mut S) {
                let Self { $($field),* } = self;
                $($crate::Code::encode($field, sink);)*
            }

            fn decode(reader: &mut $crate::Reader<'_>) -> Result<Self, $crate::Malformed> {
                Ok(Self { $($field: $crate::Code::decode(reader)?),* })
            }
        }
    )*};
}

/// A newtype is what it holds.
macro_rules! code_newtype {
    ($($name:ident),* $(,)?) => {$(
        impl $crate::Code for $name {
            fn encode<S: $crate::Sink>(&self, sink: &mut S) {
                $crate::Code::encode(&self.0, sink);
            }

            fn decode(reader: &mut $crate::Reader<'_>) -> Result<Self, $crate::Malformed> {
                $crate::Code::decode(reader).map($name)
            }
        }
    )*};
}

/// An enumeration is a tag byte and the variant's fields in order.
macro_rules! code_enum {
    ($($name:ident { $($tag:literal: $variant:ident $(($($item:ident),*))? $({ $($field:ident),* $(,)? })?),* $(,)? })*) => {$(
        impl $crate::Code for $name {
            fn encode<S: $crate::Sink>(&self, sink: &mut S) {
                match self {
                    $(Self::$variant $(($($item),*))? $({ $($field),* })? => {
                        sink.put(&[$tag]);
                        $($($crate::Code::encode($item, sink);)*)?
                        $($($crate::Code::encode($field, sink);)*)?
                    })*
                }
            }

            fn decode(reader: &mut $crate::Reader<'_>) -> Result<Self, $crate::Malformed> {
                match reader.byte()? {
                    $($tag => {
                        $($(let $item = $crate::Code::decode(reader)?;)*)?
                        Ok(Self::$variant $(($($item),*))? $({ $($field: $crate::Code::decode(reader)?),* })?)
                    })*
                    _ => Err($crate::Malformed),
                }
            }
        }
    )*};
}

pub(crate) use {code_enum, code_newtype, code_struct};

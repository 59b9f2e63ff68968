//! Ages, genders and devices in four bytes, so that a list of audiences is read at one go.

use promotions::{Audience, Viewer};

/// What an audience asks of age, gender and device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gate {
    age_min: u8,
    age_max: u8,
    /// A bit for each gender and device that is admitted, and for each of the three attributes
    /// whether it may be unknown; and [`ALL`].
    open: u16,
}

/// What is known of a viewer's age, gender and device: the bits that a gate must have open.
#[derive(Clone, Copy, Debug)]
pub struct Pass {
    /// Anything when it is unknown: gates that let the unknown through let all ages through.
    age: u8,
    bits: u16,
}

/// Genders have the bits 0 to 3, devices 4 to 8: the unknown one first, then by their numbers.
const DEVICES_FROM: u16 = 4;
const GENDERS: u16 = 0b1111;
const DEVICES: u16 = 0b1_1111 << DEVICES_FROM;
const AGE_UNKNOWN: u16 = 1 << 9;
/// The audience asks nothing but what its key and its gate say.
const ALL: u16 = 1 << 15;

impl Gate {
    pub fn new(audience: &Audience) -> Gate {
        let genders = audience.genders.iter().map(|gender| 1 << *gender as u16);
        let devices = audience.devices.iter().map(|device| device_bit(*device as u16));
        let asks_age = audience.age_min.is_some() || audience.age_max.is_some();
        Gate {
            age_min: audience.age_min.unwrap_or(u8::MIN),
            age_max: audience.age_max.unwrap_or(u8::MAX),
            open: union(genders).unwrap_or(GENDERS)
                | union(devices).unwrap_or(DEVICES)
                | if asks_age { 0 } else { AGE_UNKNOWN },
        }
    }

    /// The same gate, marked whether the audience asks nothing beside it and its key.
    pub fn with_all(self, is_all: bool) -> Gate {
        Gate { open: self.open & !ALL | if is_all { ALL } else { 0 }, ..self }
    }

    pub fn is_all(self) -> bool {
        self.open & ALL != 0
    }

    /// Whether a viewer with this pass fits.
    pub fn admits(self, pass: Pass) -> bool {
        self.admits_bits(pass.bits) && self.age_min <= pass.age && pass.age <= self.age_max
    }

    pub fn admits_age(self, pass: Pass) -> bool {
        self.admits(Pass { bits: pass.bits & AGE_UNKNOWN, ..pass })
    }

    pub fn admits_gender(self, pass: Pass) -> bool {
        self.admits_bits(pass.bits & GENDERS)
    }

    pub fn admits_device(self, pass: Pass) -> bool {
        self.admits_bits(pass.bits & DEVICES)
    }

    fn admits_bits(self, bits: u16) -> bool {
        self.open & bits == bits
    }
}

impl Pass {
    /// What may be used of `viewer`: without consent, age and gender count as unknown.
    pub fn new(viewer: &Viewer) -> Pass {
        let age = viewer.age.filter(|_| viewer.consents_to_personal);
        let gender = viewer.gender.filter(|_| viewer.consents_to_personal);
        Pass {
            age: age.unwrap_or_default(),
            bits: 1 << gender.map_or(0, |gender| gender as u16)
                | device_bit(viewer.device.map_or(0, |device| device as u16))
                | if age.is_none() { AGE_UNKNOWN } else { 0 },
        }
    }
}

fn device_bit(number: u16) -> u16 {
    1 << (DEVICES_FROM + number)
}

fn union(bits: impl Iterator<Item = u16>) -> Option<u16> {
    bits.reduce(|some, more| some | more)
}

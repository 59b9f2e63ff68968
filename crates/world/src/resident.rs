//! Who lives in the city.

use base::{Label, Region, Token};
use promotions::{Device, Gender, Language, Viewer};

use crate::draw::{Draw, Purpose};
use crate::plan::Plan;

/// Somebody, or something, that looks at the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looker {
    /// What the platform knows of them.
    pub viewer: Viewer,
    /// Address, as four bytes.
    pub address: [u8; 4],
    /// What the program says it is.
    pub agent: &'static str,
}

/// Countries, the most populous first.
pub(crate) const COUNTRIES: [&str; 60] = [
    "US", "BR", "ID", "IN", "MX", "GB", "DE", "FR", "JP", "TR", "VN", "PH", "TH", "IT", "ES", "PL",
    "CA", "EG", "SA", "AR", "CO", "MY", "NL", "AU", "KR", "PE", "CL", "RO", "UA", "ZA", "NG", "KE",
    "MA", "DZ", "IQ", "AE", "PK", "BD", "SE", "BE", "AT", "CH", "CZ", "PT", "GR", "HU", "DK", "NO",
    "FI", "IE", "IL", "SG", "NZ", "EC", "GT", "DO", "BO", "PY", "UY", "CR",
];

/// Languages, the most spoken first.
pub(crate) const LANGUAGES: [&str; 20] = [
    "en", "es", "pt", "id", "ar", "de", "fr", "ja", "tr", "vi", "tl", "th", "it", "pl", "hi", "nl",
    "ko", "ro", "uk", "sv",
];

/// Interests there are, in groups of [`GROUP`] that go together.
pub(crate) const INTERESTS: u64 = 500;
pub(crate) const GROUP: u64 = 20;

/// The agents of honest people.
pub(crate) const AGENTS: [(&str, Device); 5] = [
    ("Mozilla/5.0 (Linux; Android 15; Pixel 8) Mobile Safari/537.36", Device::Phone),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) Mobile/15E148", Device::Phone),
    ("Mozilla/5.0 (iPad; CPU OS 18_3 like Mac OS X) Mobile/15E148", Device::Tablet),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36", Device::Desktop),
    ("Mozilla/5.0 (Web0S; Linux/SmartTV) Chrome/108.0 Safari/537.36", Device::Tv),
];

/// The resident of a number, counted from zero.
pub fn resident(plan: &Plan, number: u32) -> Looker {
    let mut draw = plan.draws().of(Purpose::Resident, u64::from(number));
    let (region, language) = origin(&mut draw);
    let (agent, device) = AGENTS[draw.weighted(&[40, 38, 7, 12, 3])];
    let viewer = Viewer {
        id: Token::new(&format!("r{number}")).ok(),
        region,
        language,
        age: draw.chance(930_000).then(|| age(&mut draw)),
        gender: gender(&mut draw),
        interests: interests(&mut draw),
        device: Some(device),
        consents_to_personal: draw.chance(850_000),
    };
    Looker { viewer, address: home_address(&mut draw, number), agent }
}

/// Where somebody lives, down to one of four subdivisions, and what they speak there.
pub(crate) fn origin(draw: &mut Draw) -> (Option<Region>, Option<Language>) {
    // The smaller of two draws: a country at the head of the list is likelier.
    let country = draw.below(60).min(draw.below(60)) as usize;
    let part = draw.between(1, 4);
    let region = Region::parse(&format!("{}-{part}", COUNTRIES[country])).ok();
    let is_at_home = draw.chance(800_000);
    let spoken = if is_at_home { country as u64 % 20 } else { draw.below(20) };
    (region, Language::new(LANGUAGES[spoken as usize]).ok())
}

/// From 11 to 70, most between 18 and 34.
fn age(draw: &mut Draw) -> u8 {
    let (from, to) = *[(11, 17), (18, 24), (25, 34), (35, 49), (50, 70)]
        .get(draw.weighted(&[14, 30, 29, 19, 8]))
        .unwrap_or(&(18, 24));
    draw.between(from, to) as u8
}

fn gender(draw: &mut Draw) -> Option<Gender> {
    match draw.weighted(&[46, 46, 2, 6]) {
        3 => None,
        stated => Some(Gender::ALL[stated]),
    }
}

/// About ten: four out of each of two groups, the rest from anywhere.
fn interests(draw: &mut Draw) -> Vec<Label> {
    let groups = [draw.below(INTERESTS / GROUP), draw.below(INTERESTS / GROUP)];
    let count = draw.between(7, 13);
    let mut numbers: Vec<u64> = (0..count)
        .map(|position| match groups.get(position as usize / 4) {
            Some(group) => group * GROUP + draw.below(GROUP),
            None => draw.below(INTERESTS),
        })
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.into_iter().map(interest).collect()
}

/// The name of an interest.
pub(crate) fn interest(number: u64) -> Label {
    Label::new(&format!("i{number}")).expect("letters and digits")
}

/// An address of a household; a few share one.
fn home_address(draw: &mut Draw, number: u32) -> [u8; 4] {
    let household = number / draw.between(1, 3) as u32;
    let [_, high, middle, low] = household.to_be_bytes();
    [10, high, middle, low]
}

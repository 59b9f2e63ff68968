use base::Span;

/// How large the budgets are and when the alarm is raised. Start from [`Limits::default`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The time in which a used-up budget refills, and over which the alarm counts; 10 minutes.
    pub window: Span,
    /// Misses of one client in a window; 10.
    pub client_misses: u32,
    /// What the budget of a newcomer is never halved below; 2.
    pub client_misses_min: u32,
    /// Misses in a window of all calls of an API key that name no client; 300.
    pub misses_without_client: u32,
    /// Misses in a window of all newcomers of an API key for whom there is no room; 60.
    pub pooled_misses: u32,
    /// Misses of one API key in a window before its newcomers are treated as under attack; 600.
    pub key_misses: u32,
    /// Misses of the book in a window that never raise the alarm; 60.
    pub book_misses_floor: u64,
    /// How many times the usual misses raise the alarm; 3.
    pub book_misses_factor: u64,
    /// Most times that budgets are halved; 3.
    pub level_max: u32,
    /// How long the alarm stays at a level that has no reason any more; 30 minutes.
    pub level_stays: Span,
    /// How long a hit keeps a client in good standing; 24 hours.
    pub good_standing: Span,
    /// Newcomers remembered, those with misses of the last window first; 65,536, about 6 MB.
    pub newcomers_max: usize,
    /// Clients in good standing remembered, those with the latest hits; 65,536, about 6 MB.
    pub good_standing_max: usize,
    /// API keys remembered; 4,096.
    pub keys_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            window: Span::seconds(600),
            client_misses: 10,
            client_misses_min: 2,
            misses_without_client: 300,
            pooled_misses: 60,
            key_misses: 600,
            book_misses_floor: 60,
            book_misses_factor: 3,
            level_max: 3,
            level_stays: Span::seconds(1_800),
            good_standing: Span::days(1),
            newcomers_max: 65_536,
            good_standing_max: 65_536,
            keys_max: 4_096,
        }
    }
}

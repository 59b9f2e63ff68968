//! Findings of the preflight.

/// How bad a finding is. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Severity {
    /// It cannot start like this.
    Blocker = 1,
    /// It can start, and will likely disappoint.
    Warning = 2,
    /// Worth knowing.
    Hint = 3,
}

impl Severity {
    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Blocker => "blocker",
            Severity::Warning => "warning",
            Severity::Hint => "hint",
        }
    }
}

/// A finding: what is wrong, and how it is put right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// Which one it is; everything else follows from it.
    pub code: CheckCode,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in a sentence.
    pub message: &'static str,
    /// What to do about it, in a sentence.
    pub fix: &'static str,
    /// The field at fault, as a JSON pointer into what was asked for.
    pub param: &'static str,
}

/// Defines the findings: number, name, severity, field, message, fix.
macro_rules! findings {
    ($($(#[$doc:meta])* $code:ident = $number:literal, $name:literal, $severity:ident,
        $param:literal, $message:literal, $fix:literal;)+) => {
        /// Which finding it is. The numbers are stored and never change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum CheckCode {
            $($(#[$doc])* #[doc = $message] $code = $number,)+
        }

        impl CheckCode {
            /// Every code, in the order in which they are checked.
            pub const ALL: &'static [CheckCode] = &[$(CheckCode::$code),+];

            /// Stable lower-case name.
            pub fn as_str(self) -> &'static str {
                match self { $(CheckCode::$code => $name,)+ }
            }

            /// Reads the stored number back.
            pub fn from_number(number: u8) -> Option<CheckCode> {
                CheckCode::ALL.iter().copied().find(|code| *code as u8 == number)
            }

            /// The finding.
            pub fn check(self) -> Check {
                match self {
                    $(CheckCode::$code => Check {
                        code: self,
                        severity: Severity::$severity,
                        message: $message,
                        fix: $fix,
                        param: $param,
                    },)+
                }
            }
        }
    };
}

findings! {
    PostUnknown = 1, "post_unknown", Blocker, "/post",
        "The post is not known.", "Tell of the post first.";
    PostDeleted = 2, "post_deleted", Blocker, "/post",
        "The post was deleted.", "Promote another post.";
    PostPrivate = 3, "post_private", Blocker, "/post/visibility",
        "The post is private.", "Make it public, then try again.";
    PostNotAllowed = 4, "post_not_allowed", Blocker, "/post/tags",
        "Posts about this cannot be promoted.", "Promote another post.";
    LanguageUnlike = 5, "language_unlike", Hint, "/audience/languages",
        "The post is in a language that the audience does not ask for.",
        "Add the language of the post to the audience.";
    EndsBeforeStart = 10, "ends_before_start", Blocker, "/ends_at",
        "It ends before it starts.", "Choose an end after the start.";
    AlreadyOver = 11, "already_over", Blocker, "/ends_at",
        "Its end has passed.", "Choose an end in the future.";
    TooShort = 12, "too_short", Blocker, "/ends_at",
        "It runs for less than an hour.", "Choose a later end.";
    TooLong = 13, "too_long", Blocker, "/ends_at",
        "It runs for more than a year.", "Choose an earlier end, and promote again then.";
    StartPassed = 14, "start_passed", Hint, "/starts_at",
        "Its start has passed: it begins as soon as it is reviewed.", "Choose a later start.";
    TooSoon = 15, "too_soon", Warning, "/starts_at",
        "A review can take a day, and it is to start before that.",
        "Choose a start at least a day from now.";
    BudgetTooLow = 20, "budget_too_low", Blocker, "/budget",
        "The budget is below the least there is.", "Choose a larger budget.";
    BudgetTooHigh = 21, "budget_too_high", Blocker, "/budget",
        "The budget is above the most there is.", "Choose a smaller budget.";
    DailyBudgetTooLow = 22, "daily_budget_too_low", Blocker, "/daily_budget",
        "The daily budget is below the least there is.", "Choose a larger daily budget.";
    DailyBudgetSpendsTooLittle = 23, "daily_budget_spends_too_little", Warning, "/daily_budget",
        "The daily budget cannot spend the budget before the end; the rest comes back.",
        "Choose a larger daily budget, a later end or a smaller budget.";
    DailyBudgetBreaksPromise = 24, "daily_budget_breaks_promise", Blocker, "/daily_budget",
        "With this daily budget the guaranteed number cannot be reached.",
        "Leave the daily budget away, or choose a larger one.";
    DailyBudgetIdle = 25, "daily_budget_idle", Hint, "/daily_budget",
        "The daily budget is not less than the budget, so it limits nothing.",
        "Leave it away, or choose a smaller one.";
    GuaranteeOfViewsOnly = 30, "guarantee_of_views_only", Blocker, "/promise",
        "Only views can be guaranteed.", "Choose the goal views, or the promise estimate.";
    AudienceEmpty = 31, "audience_empty", Blocker, "/audience",
        "Nobody is in the audience.", "Ask for less of the audience.";
    AudienceBelowPromise = 32, "audience_below_promise", Blocker, "/audience",
        "The audience is too small for the number that this budget would have to guarantee.",
        "Widen the audience, choose a later end or a smaller budget, or the promise estimate.";
    NothingExpected = 33, "nothing_expected", Blocker, "/budget",
        "Not one unit is expected for this budget and audience.",
        "Choose a larger budget, a wider audience, a later end or another goal.";
    AudienceSmall = 34, "audience_small", Warning, "/audience",
        "Few people are in the audience.", "Ask for less of the audience.";
    TargetBeyondRange = 35, "target_beyond_range", Warning, "/target",
        "The target is more than is expected at best.", "Choose a larger budget.";
    BudgetBeyondAudience = 36, "budget_beyond_audience", Warning, "/budget",
        "The audience is too small to spend the budget; the rest comes back.",
        "Widen the audience, choose a later end or a smaller budget.";
    AgesReversed = 40, "ages_reversed", Blocker, "/audience/age_max",
        "The oldest age is below the youngest.", "Choose a higher age.";
    BelowAgeFloor = 41, "below_age_floor", Blocker, "/audience/age_max",
        "Nobody below 13 is shown a promotion, and the audience asks for nobody else.",
        "Choose a higher age.";
    AgeFloorApplies = 42, "age_floor_applies", Hint, "/audience/age_min",
        "Nobody below 13 is shown a promotion.", "Choose 13 or more.";
    AdultsOnly = 43, "adults_only", Blocker, "/audience/age_min",
        "Posts about this may be promoted to adults only.", "Choose 18 or more.";
    InterestContradicts = 44, "interest_contradicts", Warning, "/audience/excluded_interests",
        "An interest is asked for and excluded.", "Take it out of one of the lists.";
    PersonalNeedsConsent = 45, "personal_needs_consent", Hint, "/audience",
        "Age, gender and interests are known of viewers only who agree to be chosen by them.",
        "Leave them away to reach the others too.";
    MethodDeclined = 50, "method_declined", Blocker, "/tenders",
        "The payment method was declined when it was last used.",
        "Choose another method, or try this one again a day later.";
    MethodExpired = 51, "method_expired", Blocker, "/tenders",
        "The payment method has expired.", "Choose another method.";
    MethodExpiresBeforeEnd = 52, "method_expires_before_end", Warning, "/tenders",
        "The payment method expires before the end, so what is left may not find its way back.",
        "Choose another method, or an earlier end.";
    AccountBlocked = 60, "account_blocked", Blocker, "/advertiser",
        "The advertiser may not promote at present.", "Ask the support why.";
    AdvertiserUnderAge = 61, "advertiser_under_age", Blocker, "/advertiser",
        "The advertiser is younger than advertisers have to be.", "Let an adult promote the post.";
    TooManyPromotions = 62, "too_many_promotions", Blocker, "/advertiser",
        "The advertiser has as many promotions under way as are allowed.",
        "Wait until one is over, or stop one.";
    SpendLimit = 63, "spend_limit", Blocker, "/budget",
        "The budget and those under way are more than the account may promote for.",
        "Choose a smaller budget, or ask for a higher limit.";
    QuoteExpired = 70, "quote_expired", Blocker, "/quote",
        "The quote is more than an hour old.", "Ask for a new quote.";
}

/// The first blocker, if there is one.
pub fn first_blocker(checks: &[Check]) -> Option<CheckCode> {
    checks.iter().find(|check| check.severity == Severity::Blocker).map(|check| check.code)
}

//! How common everything is: one plain list of numbers, each with a default.

/// Defines the parameters: name, default and meaning.
macro_rules! params {
    ($($name:ident $default:literal $meaning:literal;)+) => {
        /// How common everything is in a world. All of it is ours; none of it was measured,
        /// but for how well outages are measured ([`Params::noise_measured`]).
        ///
        /// What begins with `user_` or `fault_` is a weight among others of its beginning. The
        /// rest are parts of a million, unless they say something else.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct Params {
            $(#[doc = $meaning] pub $name: u32,)+
        }

        impl Default for Params {
            fn default() -> Params {
                Params { $($name: $default,)+ }
            }
        }

        impl Params {
            /// Each parameter: its name and what it means.
            pub const ALL: &[(&str, &str)] = &[$((stringify!($name), $meaning),)+];

            /// The parameter of that name.
            pub fn get(&self, name: &str) -> Option<u32> {
                match name {
                    $(stringify!($name) => Some(self.$name),)+
                    _ => None,
                }
            }

            /// Sets the parameter of that name; false when there is none.
            pub fn set(&mut self, name: &str, value: u32) -> bool {
                match name {
                    $(stringify!($name) => self.$name = value,)+
                    _ => return false,
                }
                true
            }
        }
    };
}

params! {
    user_honest 600 "Users who saw something go wrong, and say so.";
    user_poor_outcome 90 "Users who take a poor outcome for a fault.";
    user_own_doing 60 "Users who do not see that they lost it themselves, or broke a rule.";
    user_wrong_dates 40 "Users who are right, and name days on which nothing was wrong.";
    user_wrong_ground 40 "Users who lost something, and claim it on a ground that it does not fit.";
    user_forgot 50 "Users who have forgotten that they, or a colleague, agreed to pay.";
    user_household 15 "Users somebody in whose home has paid, on the user's own device.";
    user_denies 45 "Users who deny what they agreed to.";
    user_claims_again 20 "Users who claim again what is paid, or about to be.";
    user_self_made 25 "Users who pause, delete or narrow a guaranteed promotion to claim for it.";
    user_invents 15 "Users who make up a fault.";

    fault_selection_down 100 "Nothing is chosen for a while.";
    fault_errors 80 "A part of all pages fails for a while.";
    fault_intake_down 50 "Events are lost for a while.";
    fault_review_late 40 "The review takes longer than was promised.";
    fault_rejected_wrongly 30 "A review rejects what breaks no rule.";
    fault_removed_wrongly 30 "The platform ends what breaks no rule.";
    fault_held_up 20 "The platform never begins to show it.";
    fault_wrong_delivery 60 "A part is shown to people who were not asked for.";
    fault_bots 90 "Programs make units.";
    fault_over_budget 30 "More is charged than was approved.";
    fault_double_capture 30 "The payment is taken twice.";
    fault_calls_failed 30 "The advertiser tries to pause, and cannot.";
    fault_report_wrong 30 "The report shows something else than the bill, which is right.";
    fault_oversold 50 "More is guaranteed than the audience can give.";
    fault_outbid 80 "Others begin to pay more.";
    fault_stolen_account 120 "Somebody else pays from the claimant's account, or with their card.";
    fault_charged_unasked 20 "The platform charges without that anybody has agreed.";
    fault_paused 60 "The advertiser pauses.";
    fault_post_deleted 50 "The creator deletes the post.";
    fault_post_private 30 "The creator makes the post private for a while.";
    fault_narrowed 50 "The advertiser asks for fewer people than before.";
    fault_daily_limit 30 "The advertiser allows too little a day.";
    fault_removed 40 "The platform ends it, for it breaks a rule.";
    fault_rejected 30 "A review rejects it, for it breaks a rule.";

    second_fault 250_000 "Cases with a second fault, whose ever doing.";
    guarantee 600_000 "Promotions with the goal of views that are sold with a guarantee.";
    views 600_000 "Promotions with the goal of views.";
    narrow_audience 250_000 "Promotions for few people: of them a part is oversold by nature.";
    repaid_unasked 350_000 "Losses that the platform has repaid by itself before the claim.";
    extension 60_000 "Guarantees of which units are missing that took more time.";
    filed_early 40_000 "Claims filed while the promotion runs.";
    filed_before_start 10_000 "Claims filed before the promotion begins.";
    filed_late 30_000 "Claims filed after the time for it.";
    repeated_honestly 20_000 "Claims of honest users that were denied before.";
    disputed 25_000 "Payments that the payer's bank was asked to take back as well.";
    no_account 60_000 "Thefts by card: the payer has no account here.";

    noise_measured 200_000 "How far a measured loss may be from the true one, either way. Of what \
        events cost, the feed's measurements miss about a fifth.";
    noise_incident_late 200_000 "Incidents that people tell of only a day later.";
    noise_incident_wrong 100_000 "Incidents of which people tell wrong times.";
    noise_incident_unseen 100_000 "Partial incidents that nobody sees, people or programs.";
    noise_clock_skew_minutes 5 "Minutes by which clocks of the platform's machines may differ.";
    noise_rounding_units 10 "Units to which counters of lost units are rounded.";
    noise_review_uncorrected 400_000 "Wrong reviews that nobody has found to be wrong.";
    noise_signal 15_000 "Signals about accounts and devices that are wrong.";
    noise_oversold_unknown 200_000 "Oversold guarantees of which the forecast did not know.";
    bots_seen_at_once 500_000 "Bot units that are never billed.";
    bots_seen_late 300_000 "Bot units that are billed and found later; the rest is never found.";
    bots_leave_sign 600_000 "Bots that nobody finds, of which a sign raises doubt.";
    people_doubted 350_000 "Promotions of which a few units of people are in doubt.";

    missing_authorization 15_000 "Records of agreements that are lost.";
    missing_signal 40_000 "Single signals that were not recorded or not kept.";
    missing_waterfall 40_000 "Promotions whose counters of opportunities are lost.";
    missing_incidents 30_000 "Promotions whose log of incidents is lost.";
    missing_events 20_000 "Promotions whose log of events is lost.";
    missing_review 10_000 "Promotions whose reviews are lost.";
    missing_watch 30_000 "Promotions in whose time the platform was not watched without a gap.";
    contradicted 5_000 "Measured facts of which two records tell different things.";
}

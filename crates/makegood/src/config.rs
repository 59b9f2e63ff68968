//! Settings: from the command line, the environment, a file, or `config.default.toml`.

mod environment;
pub(crate) mod layers;
mod mail_settings;
mod promotion_settings;
mod site_settings;
mod test_mail;

use std::path::{Path, PathBuf};
use std::time::Duration;

use promotions::OperatorPolicy;
use serde::Deserialize;

use crate::failure::{Done, Failure};

pub(crate) use environment::Environment;
pub(crate) use mail_settings::Post;

/// The default configuration, which is also the manual.
pub(crate) const MANUAL: &str = include_str!("../config.default.toml");

/// Every setting. `config.default.toml` says what each means; it has the defaults, and is the
/// only place that has them.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    pub(crate) listen: String,
    pub(crate) advertise: String,
    data: PathBuf,
    keys: PathBuf,
    database: String,
    pub(crate) log: String,
    pub(crate) log_format: LogFormat,
    slow_request_milliseconds: u64,
    body_bytes_max: usize,
    batch_body_bytes_max: usize,
    batch_operations_max: usize,
    pub(crate) connections_max: usize,
    header_seconds_max: u64,
    body_seconds_max: u64,
    stop_seconds_max: u64,
    forward_seconds_max: u64,
    queue_commands_max: usize,
    batch_commands_max: usize,
    unswept_target: usize,
    cached_cards_max: usize,
    operation_retention_days: u32,
    journal_retention_days: u32,
    gift_recipients_per_day_max: u32,
    gifts_per_recipient_day_max: u32,
    promotion_people_assumed: u64,
    promotion_opportunities_per_day_assumed: u64,
    promotion_impression_price_micros_assumed: u64,
    promotions_under_way_max: u32,
    promotion_budgets_under_way_max: String,
    promotion_tags_forbidden: String,
    promotion_tags_adults_only: String,
    promotion_advertiser_age_min: u8,
    claim_rules_folder: PathBuf,
    feed_data_centres_file: PathBuf,
    feed_internal_networks_file: PathBuf,
    feed_internal_viewers_file: PathBuf,
    clock_jump_seconds_max: u64,
    start_gap_days_max: u32,
    pub(crate) readers_per_book: usize,
    expiry_interval_seconds: u64,
    pub(crate) stripe_url: String,
    stripe_timeout_seconds: u64,
    pub(crate) webhook_reach: WebhookReach,
    mail_server: String,
    mail_port: u16,
    mail_security: MailSecurity,
    mail_user: String,
    mail_folder: PathBuf,
    mail_test_to: String,
    mail_from: String,
    mail_shop_name: String,
    mail_claim_page: String,
    mail_purchase_page: String,
    site_origin: String,
    site_book: String,
    site_rp_id: String,
    pub(crate) site_name: String,
    pub(crate) site_currency: String,
    pub(crate) site_region: String,
    site_step_up_above: String,
}

/// Which addresses webhook endpoints may have.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WebhookReach {
    /// Those that everybody can reach.
    Public,
    /// Also this machine: for demonstrations and tests.
    PublicAndLoopback,
}

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MailSecurity {
    /// From the start.
    Tls,
    /// From the first command on.
    StartTls,
    /// Not at all, on this machine.
    None,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// Flags of commands that work on an installation.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct PlaceArgs {
    /// Folder of the data.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Folder of the key ring, outside the data folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) keys: Option<PathBuf>,
    /// PostgreSQL in place of files: postgres://USER:PASSWORD@HOST:PORT/NAME.
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
    /// File with settings that differ from the defaults.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

impl Settings {
    /// The settings that hold, from all their sources.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, a name that is not in the manual, or a value that does not fit.
    pub(crate) fn load(
        place: &PlaceArgs,
        listen: Option<&str>,
        environment: &Environment,
    ) -> Done<Settings> {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let flags = [
            ("listen", listen.map(str::to_owned)),
            ("data", place.data.as_deref().map(text)),
            ("keys", place.keys.as_deref().map(text)),
            ("database", place.database.clone()),
        ];
        let file = place.config.clone().or_else(|| environment.get("CONFIG").map(PathBuf::from));
        layers::merge(file.as_deref(), environment, &flags)
    }

    /// Address of the database in which the data is, when it is not in files.
    pub(crate) fn database(&self) -> Option<&str> {
        Some(self.database.as_str()).filter(|address| !address.is_empty())
    }

    /// The address at which the other processes reach this one, which listens at `bound`.
    ///
    /// # Errors
    ///
    /// It is none.
    pub(crate) fn advertised(&self, bound: &str) -> Done<String> {
        let told = if self.advertise.is_empty() { bound } else { self.advertise.as_str() };
        let address = told.trim_end_matches('/');
        let host = address.strip_prefix("http://").unwrap_or_default();
        let is_address = host.contains(':') && !host.contains(['/', ' ', '@', '?', '#']);
        if is_address && !host.starts_with("0.0.0.0:") && !host.starts_with("[::]:") {
            return Ok(address.to_owned());
        }
        let what = format!("{told} is no address at which other processes reach this one");
        Err(Failure::new(what).next("name one: --advertise http://HOST:PORT"))
    }

    /// Folder of the data.
    pub(crate) fn data_folder(&self) -> &Path {
        &self.data
    }

    /// Folder of ring and people's keys.
    pub(crate) fn keys_folder(&self) -> PathBuf {
        if !self.keys.as_os_str().is_empty() {
            return self.keys.clone();
        }
        let name = self.data.file_name().unwrap_or_default().to_string_lossy();
        self.data.with_file_name(format!("{name}-keys"))
    }

    /// Limits of the API.
    pub(crate) fn limits(&self) -> http::Limits {
        http::Limits {
            body_bytes_max: self.body_bytes_max,
            batch_body_bytes_max: self.batch_body_bytes_max,
            batch_operations_max: self.batch_operations_max,
            connections_max: self.connections_max,
            header_time_max: Duration::from_secs(self.header_seconds_max),
            body_time_max: Duration::from_secs(self.body_seconds_max),
            stop_time_max: Duration::from_secs(self.stop_seconds_max),
            slow_request_min: Duration::from_millis(self.slow_request_milliseconds),
            forward_time_max: Duration::from_secs(self.forward_seconds_max),
            webhook_reach: self.webhook_reach(),
            assumed_feed: http::AssumedFeed {
                people: self.promotion_people_assumed,
                opportunities_per_day: self.promotion_opportunities_per_day_assumed,
                impression_price_micros: self.promotion_impression_price_micros_assumed,
            },
            ..http::Limits::default()
        }
    }

    /// How far the wall clock may be ahead of a live book when a server opens it.
    pub(crate) fn start_gap_max(&self) -> Duration {
        Duration::from_secs(u64::from(self.start_gap_days_max) * 86_400)
    }

    /// The folder of tables that claims are decided by, when it is not what comes with the product.
    pub(crate) fn claim_rules_folder(&self) -> Option<&Path> {
        Some(self.claim_rules_folder.as_path()).filter(|folder| !folder.as_os_str().is_empty())
    }

    /// What is allowed of promotions.
    ///
    /// # Errors
    ///
    /// A text that is no list of what it has to be.
    pub(crate) fn operator_policy(&self) -> Done<OperatorPolicy> {
        promotion_settings::policy(self)
    }

    /// Sizes of the writers.
    pub(crate) fn writer_options(&self) -> writer::Options {
        writer::Options {
            queue_commands_max: self.queue_commands_max,
            batch_commands_max: self.batch_commands_max,
            unswept_target: self.unswept_target,
            cached_cards_max: self.cached_cards_max,
            operation_retention_days: self.operation_retention_days,
            journal_retention_days: Some(self.journal_retention_days).filter(|days| *days > 0),
            clock_jump_max: Duration::from_secs(self.clock_jump_seconds_max),
            sending: giftcards::SendingLimits {
                recipients_per_day: self.gift_recipients_per_day_max,
                gifts_per_recipient_day: self.gifts_per_recipient_day_max,
            },
            ..writer::Options::default()
        }
    }

    /// Networks and people whose events are not billed.
    pub(crate) fn feed_lists(&self) -> serving::ListFiles {
        let file = |path: &PathBuf| Some(path.clone()).filter(|path| !path.as_os_str().is_empty());
        serving::ListFiles {
            data_centres: file(&self.feed_data_centres_file),
            internal_networks: file(&self.feed_internal_networks_file),
            internal_viewers: file(&self.feed_internal_viewers_file),
        }
    }

    /// How long an answer of Stripe may take.
    pub(crate) fn stripe_timeout(&self) -> Duration {
        Duration::from_secs(self.stripe_timeout_seconds)
    }

    /// Which addresses webhook endpoints may have.
    pub(crate) fn webhook_reach(&self) -> webhooks::Reach {
        match self.webhook_reach {
            WebhookReach::Public => webhooks::Reach::Public,
            WebhookReach::PublicAndLoopback => webhooks::Reach::PublicAndLoopback,
        }
    }

    /// Time between two looks for what has fallen due.
    pub(crate) fn expiry_interval(&self) -> Duration {
        Duration::from_secs(self.expiry_interval_seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defaults() -> Settings {
        Settings::load(&PlaceArgs::default(), None, &Environment::default()).unwrap()
    }

    #[test]
    fn the_manual_has_the_defaults_of_the_code() {
        let settings = defaults();
        let (limits, usual) = (settings.limits(), http::Limits::default());
        assert_eq!(format!("{limits:?}"), format!("{usual:?}"));
        let (options, usual) = (settings.writer_options(), writer::Options::default());
        assert_eq!(format!("{options:?}"), format!("{usual:?}"));
    }

    #[test]
    fn the_manual_names_the_variable_of_every_setting_and_explains_it() {
        let lines: Vec<&str> = MANUAL.lines().collect();
        let mut settings = 0;
        for (place, line) in lines.iter().enumerate() {
            if line.starts_with('#') || line.trim().is_empty() {
                continue;
            }
            let name = line.split(" = ").next().unwrap();
            let variable = format!("# MAKEGOOD_{}", name.to_ascii_uppercase());
            assert_eq!(lines[place - 1], variable, "above {name}");
            assert!(lines[place - 2].starts_with("# "), "{name} is not explained");
            settings += 1;
        }
        // Every field of `Settings` is there, because the manual is what fills them.
        let fields = format!("{:#?}", defaults()).lines().filter(|l| l.starts_with("    ")).count();
        assert_eq!(settings, fields);
    }

    #[test]
    fn keys_lie_beside_the_data() {
        check_keys("makegood-data", "", "makegood-data-keys");
        check_keys("/var/lib/makegood/", "", "/var/lib/makegood-keys");
        check_keys("/var/lib/makegood", "/etc/keys", "/etc/keys");
    }

    #[test]
    fn other_processes_are_told_an_address_they_can_reach() {
        let check = |advertise: &str, bound: &str, expected: Option<&str>| {
            let settings = Settings { advertise: advertise.into(), ..defaults() };
            let told = settings.advertised(bound).ok();
            assert_eq!(told.as_deref(), expected, "{advertise} {bound}");
        };
        check("", "http://127.0.0.1:8080", Some("http://127.0.0.1:8080"));
        check("http://shop-1:80/", "http://0.0.0.0:8080", Some("http://shop-1:80"));
        check("http://[fd00::7]:80", "http://[::]:80", Some("http://[fd00::7]:80"));
        check("", "http://0.0.0.0:8080", None);
        check("", "http://[::]:8080", None);
        for wrong in ["shop-1:80", "https://shop-1:80", "http://shop-1", "http://a:1/b"] {
            check(wrong, "http://127.0.0.1:8080", None);
        }
    }

    fn check_keys(data: &str, keys: &str, expected: &str) {
        let settings = Settings { data: data.into(), keys: keys.into(), ..defaults() };
        assert_eq!(settings.keys_folder(), Path::new(expected));
    }
}

//! The address of a database: one server, or several of which one can write.

use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};

use crate::StoreError;

/// Where a database is, host by host.
pub(super) struct Address {
    hosts: Vec<Config>,
    name: String,
    /// The host that was connected to last. Beginning there finds the primary at once, and does
    /// not go back to a former one that somebody started again beside the one in use.
    last: AtomicUsize,
}

impl Address {
    /// Reads it; no error repeats it, for it may hold a password.
    pub(super) fn read(text: &str) -> Result<Address, StoreError> {
        let unreadable =
            |why: &str| StoreError::Unavailable(format!("address of the database: {why}"));
        let mut config =
            Config::from_str(text).map_err(|_| unreadable("not postgres://USER@HOST/NAME"))?;
        if config.get_ssl_mode() == SslMode::Require {
            return Err(unreadable(
                "sslmode=require is not there yet; use a tunnel or a local proxy",
            ));
        }
        if config.get_application_name().is_none() {
            config.application_name("makegood");
        }
        let count = config.get_hosts().len().max(config.get_hostaddrs().len());
        let is_counted = |others: usize| others <= 1 || others == count;
        let addresses = config.get_hostaddrs().len();
        if count == 0 || !is_counted(config.get_ports().len()) || addresses % count != 0 {
            return Err(unreadable("it names no host, or not a port for each"));
        }
        if count > 1 {
            // A standby among them must be nobody's answer: what it shows is old.
            config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        let name = config.get_dbname().unwrap_or_default().to_owned();
        let hosts = (0..count).map(|place| of_host(&config, place)).collect();
        Ok(Address { hosts, name, last: AtomicUsize::new(0) })
    }

    /// Every host, the one that served last before the others.
    pub(super) fn hosts(&self) -> impl Iterator<Item = (usize, &Config)> {
        let (count, first) = (self.hosts.len(), self.last.load(Ordering::Relaxed));
        (0..count).map(move |step| (first + step) % count).map(|place| (place, &self.hosts[place]))
    }

    /// Remembers the host that was connected to.
    pub(super) fn served(&self, place: usize) {
        self.last.store(place, Ordering::Relaxed);
    }

    /// For people: without the password.
    pub(super) fn describe(&self) -> String {
        let shown = self.hosts.iter().map(|config| {
            let port = config.get_ports().first().copied().unwrap_or(5432);
            match config.get_hosts().first() {
                Some(Host::Tcp(name)) => format!("{name}:{port}"),
                #[cfg(unix)]
                Some(Host::Unix(path)) => path.display().to_string(),
                None => config.get_hostaddrs().iter().map(|ip| format!("{ip}:{port}")).collect(),
            }
        });
        format!("postgres://{}/{}", shown.collect::<Vec<_>>().join(","), self.name)
    }
}

/// What connects to one of the hosts. The library tries them one after the other under one limit
/// of time, so that a machine that says nothing would hide those behind it.
fn of_host(all: &Config, place: usize) -> Config {
    let mut one = Config::new();
    macro_rules! set {
        ($($name:ident($value:expr),)+) => {
            $(if let Some(value) = $value {
                one.$name(value);
            })+
        };
    }
    match all.get_hosts().get(place) {
        Some(Host::Tcp(name)) => _ = one.host(name),
        #[cfg(unix)]
        Some(Host::Unix(path)) => _ = one.host_path(path),
        None => {}
    }
    let port = all.get_ports().get(place).or_else(|| all.get_ports().first());
    set! {
        hostaddr(all.get_hostaddrs().get(place).copied()),
        port(port.copied()),
        user(all.get_user()),
        password(all.get_password()),
        dbname(all.get_dbname()),
        options(all.get_options()),
        application_name(all.get_application_name()),
        connect_timeout(all.get_connect_timeout().copied()),
        tcp_user_timeout(all.get_tcp_user_timeout().copied()),
        keepalives_interval(all.get_keepalives_interval()),
        keepalives_retries(all.get_keepalives_retries()),
    }
    one.ssl_mode(all.get_ssl_mode())
        .channel_binding(all.get_channel_binding())
        .target_session_attrs(all.get_target_session_attrs())
        .keepalives(all.get_keepalives())
        .keepalives_idle(all.get_keepalives_idle());
    one
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_hosts_are_tried_beginning_with_the_last_good_one() {
        let text = "postgres://me:secret@one:1,two:2,three:3/shop?connect_timeout=2";
        let address = Address::read(text).unwrap();
        assert_eq!(address.describe(), "postgres://one:1,two:2,three:3/shop");
        address.served(1);
        let order: Vec<usize> = address.hosts().map(|(place, _)| place).collect();
        assert_eq!(order, [1, 2, 0]);
        for (_, config) in address.hosts() {
            assert_eq!((config.get_user(), config.get_dbname()), (Some("me"), Some("shop")));
            assert_eq!(config.get_password(), Some(&b"secret"[..]));
            assert_eq!(config.get_target_session_attrs(), TargetSessionAttrs::ReadWrite);
        }
    }

    #[test]
    fn one_port_holds_for_all_hosts_and_a_wrong_number_for_none() {
        let address = Address::read("host=one,two port=7 user=me dbname=shop").unwrap();
        assert_eq!(address.describe(), "postgres://one:7,two:7/shop");
        assert!(Address::read("host=one,two,three port=7,8 user=me").is_err());
        assert!(Address::read("user=me").is_err());
    }
}

//! Every setting, what it means, and what is wrong with a bad one.
//!
//! A setting is a flag or an environment variable `QUESITO_…` with the same meaning;
//! the flag wins. This is the only place that reads the environment (through clap).
//! Checks say what to do, before anything is opened.
//!
//! Depends on: nothing in this crate.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use jiff::civil::Time;

pub use store_url::StoreUrl;

mod places;
mod store_url;

/// Where data and keys lie.
#[derive(Debug, Clone, Args)]
pub struct DataArgs {
    /// The folder of the events, the documents and the views. Only `serve`, `demo` and
    /// `import` create it
    #[arg(long, value_name = "DIR", env = "QUESITO_DATA", default_value = "./data")]
    pub data: PathBuf,

    /// The file of the epoch keys, without which no text opens. It must lie outside the
    /// data folder, and be backed up apart from it [default: DIR-keys/epochs]
    #[arg(long, value_name = "FILE", env = "QUESITO_KEYS")]
    pub keys: Option<PathBuf>,

    /// The folder of the documents, which several nodes on one store share [default:
    /// `documents` in the data folder]
    #[arg(long, value_name = "DIR", env = "QUESITO_DOCUMENTS")]
    pub documents: Option<PathBuf>,

    /// The event store, where one machine is not enough: `esdb://user:password@host:2113`, or
    /// `esdb+discover://…`, or several hosts with a comma between them [default: SQLite in
    /// the data folder]
    #[arg(long, value_name = "URL", env = "QUESITO_STORE", hide_env_values = true)]
    pub store: Option<String>,
}

/// How the server is reached.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// The address to listen on
    #[arg(
        long,
        value_name = "ADDR:PORT",
        env = "QUESITO_LISTEN",
        default_value = "127.0.0.1:8080",
        value_parser = listen
    )]
    pub listen: SocketAddr,

    /// The address people use, when it is another: behind a proxy that does TLS
    /// [default: <http://ADDR:PORT>]
    #[arg(long, value_name = "URL", env = "QUESITO_PUBLIC_URL", value_parser = public_url)]
    pub public_url: Option<String>,

    /// Requests a minute for one caller; 0 for no limit
    #[arg(long, value_name = "N", env = "QUESITO_RATE_LIMIT", default_value_t = 600)]
    pub rate_limit: u32,

    /// Serve Prometheus metrics at `/metrics` of this address, which nobody outside should
    /// reach [default: not at all]
    #[arg(long, value_name = "ADDR:PORT", env = "QUESITO_METRICS", value_parser = metrics)]
    pub metrics: Option<SocketAddr>,

    /// Believe `X-Forwarded-For`: only behind a proxy of yours that sets it
    #[arg(long, env = "QUESITO_TRUSTED_PROXY")]
    pub trusted_proxy: bool,

    /// Where the declaration of accessibility is published; every page links to it
    #[arg(long, value_name = "URL", env = "QUESITO_ACCESSIBILITY_URL", value_parser = link)]
    pub accessibility_url: Option<String>,

    /// Read the whole store again so often, in hours, and compare it with the log: a byte
    /// that flips on a disk is found so; 0 for never
    #[arg(long, value_name = "HOURS", env = "QUESITO_SCRUB_EVERY", default_value_t = 24)]
    pub scrub_every: u32,

    /// A witness that cosigns the log, as `http://host:port/prefix`; may be repeated
    #[arg(long, value_name = "URL", env = "QUESITO_WITNESS", value_delimiter = ',')]
    pub witness: Vec<String>,

    /// The key of each witness, in the same order
    #[arg(long, value_name = "VKEY", env = "QUESITO_WITNESS_KEY", value_delimiter = ',')]
    pub witness_key: Vec<String>,

    /// Begin a new log under a new key, because the old one cannot go on: every auditor
    /// will see it. The old key and its last checkpoint are put aside
    #[arg(long)]
    pub new_log_origin: bool,

    /// The identity providers that people and machines may come from: a JSON file such as
    /// `deploy/oidc.example.json`
    #[arg(long, value_name = "FILE", env = "QUESITO_OIDC")]
    pub oidc: Option<PathBuf>,

    /// The mail server for sign-in links and notices: `smtps://user:password@mail.example.it`, or
    /// `smtp://localhost:25` [default: no letters are sent]
    #[arg(
        long,
        value_name = "URL",
        env = "QUESITO_SMTP",
        requires = "mail_from",
        hide_env_values = true
    )]
    pub smtp: Option<String>,

    /// The address that letters come from
    #[arg(long, value_name = "ADDRESS", env = "QUESITO_MAIL_FROM")]
    pub mail_from: Option<String>,

    /// At what time of the day in Italy people are told by e-mail what is new, or `off`; only
    /// where there is a mail server
    #[arg(
        long,
        value_name = "HH:MM",
        env = "QUESITO_NOTICES_AT",
        default_value = "07:30",
        value_parser = notices_at
    )]
    pub notices_at: NoticesAt,

    /// By how many days the clock is ahead: for tests of what happens on another day, and
    /// not in a program for earnest use
    #[cfg(debug_assertions)]
    #[arg(
        long,
        value_name = "DAYS",
        env = "QUESITO_CLOCK_AHEAD",
        default_value_t = 0,
        hide = true
    )]
    pub clock_ahead: u16,
}

/// When people are told what is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticesAt {
    /// Every day at this time in Italy.
    Time(Time),
    /// Never.
    Off,
}

/// What is logged and how. Logs hold identifiers, never personal data.
#[derive(Debug, Clone, Args)]
pub struct LogArgs {
    /// How log lines are written, to the standard error
    #[arg(long, value_enum, env = "QUESITO_LOG_FORMAT", default_value_t = LogFormat::Text, global = true)]
    pub log_format: LogFormat,

    /// What is logged: error, warn, info, debug, or a list such as `warn,quesito=debug`
    /// [default: warn,quesito=info for `serve` and `demo`, else warn]
    #[arg(long, value_name = "FILTER", env = "QUESITO_LOG", global = true)]
    pub log: Option<String>,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for machines.
    Json,
}

/// Why settings cannot be used, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum SettingError {
    /// The keys would travel with every copy of the data.
    #[error(
        "the key file {} lies inside the data folder {}: a copy of the data would open every \
         text. Give another place with --keys, for example {}",
        keys.display(), data.display(), instead.display()
    )]
    KeysInsideData {
        /// The key file.
        keys: PathBuf,
        /// The data folder.
        data: PathBuf,
        /// A place that would do.
        instead: PathBuf,
    },
    /// The command works on files.
    #[error(
        "this command works on the store in a data folder: leave --store (QUESITO_STORE) out. A \
         server of events has a backup of its own, and `quesito check` reads both"
    )]
    OnlyFiles,
    /// The event store is given in a way that is not known.
    #[error(
        "--store takes esdb://user:password@host:2113 or esdb+discover://…; leave it out for the \
         store in the data folder"
    )]
    Store,
    /// The data folder is a file.
    #[error("{} is not a folder: give another one with --data", .0.display())]
    NotAFolder(PathBuf),
    /// The place of a file cannot be told.
    #[error("the path {} cannot be used: {why}", path.display())]
    Path {
        /// The path.
        path: PathBuf,
        /// Why.
        why: std::io::Error,
    },
}

/// Where data and keys lie, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Data {
    /// The data folder.
    pub folder: PathBuf,
    /// The file of the epoch keys.
    pub keys: PathBuf,
    /// The folder of the documents, when it is not in the data folder.
    pub documents: Option<PathBuf>,
    /// The event store, when it is not in the data folder.
    pub store: Option<StoreUrl>,
}

impl DataArgs {
    /// Checks the places.
    ///
    /// # Errors
    ///
    /// [`SettingError`] says what to do.
    pub fn check(&self) -> Result<Data, SettingError> {
        let folder = settled(&self.data)?;
        if folder.is_file() {
            return Err(SettingError::NotAFolder(self.data.clone()));
        }
        let beside = beside(&folder);
        let keys = match &self.keys {
            Some(keys) => settled(keys)?,
            None => beside.clone(),
        };
        if keys.starts_with(&folder) {
            return Err(SettingError::KeysInsideData {
                keys: self.keys.clone().unwrap_or(keys),
                data: self.data.clone(),
                instead: beside,
            });
        }
        let store = self.store.as_deref().map(StoreUrl::new).transpose()?;
        let documents = self.documents.as_deref().map(settled).transpose()?;
        Ok(Data { folder, keys, documents, store })
    }
}

impl ServeArgs {
    /// How often the store is read again; `None` for never.
    pub fn scrubbing(&self) -> Option<Duration> {
        (self.scrub_every > 0).then(|| Duration::from_secs(u64::from(self.scrub_every) * 3_600))
    }

    /// The public address, without a slash at the end.
    pub fn base(&self, listening: SocketAddr) -> String {
        match &self.public_url {
            Some(url) => url.clone(),
            // Nobody can follow a link to "every address".
            None if listening.ip().is_unspecified() => {
                format!("http://localhost:{}", listening.port())
            }
            None => format!("http://{listening}"),
        }
    }
}

/// The folder in which the system wants temporary files.
pub fn temporary() -> PathBuf {
    std::env::temp_dir()
}

fn beside(folder: &Path) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(OsString::from("-keys"));
    PathBuf::from(name).join("epochs")
}

/// The path from the root, with symbolic links followed as far as it exists, so that
/// "inside" means what it says.
fn settled(path: &Path) -> Result<PathBuf, SettingError> {
    let failed = |why| SettingError::Path { path: path.to_owned(), why };
    let whole = std::path::absolute(path).map_err(failed)?;
    let mut real = PathBuf::new();
    for part in whole.components() {
        match part {
            Component::ParentDir => {
                real.pop();
            }
            Component::CurDir => {}
            part => real.push(part),
        }
        if let Ok(followed) = real.canonicalize() {
            real = followed;
        }
    }
    Ok(real)
}

fn listen(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        "it takes an address and a port, such as 127.0.0.1:8080 or 0.0.0.0:8080".to_owned()
    })
}

fn notices_at(text: &str) -> Result<NoticesAt, String> {
    let wrong = || "it takes a time of the day such as 07:30, or `off`".to_owned();
    match text.split_once(':') {
        None if text == "off" => Ok(NoticesAt::Off),
        Some((hour, minute)) if hour.len() == 2 && minute.len() == 2 => {
            let part = |digits: &str| digits.parse::<i8>().map_err(|_| wrong());
            let time = Time::new(part(hour)?, part(minute)?, 0, 0);
            time.map(NoticesAt::Time).map_err(|_| wrong())
        }
        _ => Err(wrong()),
    }
}

/// An address of a page.
fn link(text: &str) -> Result<String, String> {
    if ["https://", "http://"].iter().any(|scheme| text.starts_with(scheme)) {
        Ok(text.to_owned())
    } else {
        Err("it begins with https://".into())
    }
}

fn metrics(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "it takes an address and a port, such as 127.0.0.1:9464".to_owned())
}

fn public_url(text: &str) -> Result<String, String> {
    let url = text.trim_end_matches('/');
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match rest {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', ' ', '@']) => {
            Ok(url.to_owned())
        }
        _ => Err("it takes the address without a path, such as https://quesito.example.it".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(data: &Path, keys: Option<PathBuf>) -> DataArgs {
        DataArgs { data: data.to_owned(), keys, documents: None, store: None }
    }

    #[test]
    fn keys_lie_beside_the_data_unless_told_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let data = args(&root.join("data"), None).check().unwrap();
        assert_eq!(data.keys, root.join("data-keys/epochs"));
        assert_eq!(data.events(), root.join("data/events.db"));
    }

    #[test]
    fn keys_inside_the_data_folder_are_refused_by_whatever_way_they_get_there() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        for inside in ["keys", "sub/../keys", "../data/keys"] {
            let refused = args(&data, Some(data.join(inside))).check();
            assert!(matches!(refused, Err(SettingError::KeysInsideData { .. })), "{inside}");
        }
        std::fs::create_dir(&data).unwrap();
        #[cfg(unix)]
        {
            let link = folder.path().join("link");
            std::os::unix::fs::symlink(&data, &link).unwrap();
            let refused = args(&data, Some(link.join("epochs"))).check();
            assert!(matches!(refused, Err(SettingError::KeysInsideData { .. })));
        }
    }

    #[test]
    fn a_public_address_has_no_path() {
        assert_eq!(public_url("https://q.example.it/"), Ok("https://q.example.it".into()));
        for wrong in ["q.example.it", "https://", "https://q.example.it/api", "ftp://q"] {
            assert!(public_url(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn notices_have_a_time_of_the_day_or_none() {
        assert_eq!(notices_at("off"), Ok(NoticesAt::Off));
        assert_eq!(notices_at("07:30"), Ok(NoticesAt::Time(Time::constant(7, 30, 0, 0))));
        for wrong in ["", "7:30", "24:00", "07:60", "-1:30", "07:30:00", "mai"] {
            assert!(notices_at(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn links_lead_somewhere_even_when_every_address_is_listened_on() {
        let serve = |public_url| ServeArgs {
            listen: "0.0.0.0:80".parse().unwrap(),
            public_url,
            rate_limit: 0,
            metrics: None,
            trusted_proxy: false,
            accessibility_url: None,
            witness: Vec::new(),
            witness_key: Vec::new(),
            new_log_origin: false,
            scrub_every: 0,
            oidc: None,
            smtp: None,
            mail_from: None,
            notices_at: NoticesAt::Off,
            #[cfg(debug_assertions)]
            clock_ahead: 0,
        };
        assert_eq!(serve(None).base("0.0.0.0:81".parse().unwrap()), "http://localhost:81");
        let behind = serve(Some("https://q.it".into()));
        assert_eq!(behind.base("127.0.0.1:81".parse().unwrap()), "https://q.it");
    }
}

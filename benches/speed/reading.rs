//! Readings on a store of many issues: one, a list, a search; and what the server holds.

use std::cell::RefCell;

use serde_json::Value;

use crate::client::{Load, Until, Wanted, load};
use crate::machine::memory;
use crate::random::Numbers;
use crate::requests::Speaker;
use crate::server::{Server, speaker, token};
use crate::table::{Goal, Table};
use crate::{Failure, Sizes, floors, rebuilding};

/// Searches as people type them.
const QUERIES: &str = include_str!("../../tests/data/queries.json");

/// Measures all of it.
pub async fn measure(sizes: &Sizes, table: &mut Table) -> Result<(), Failure> {
    let data = sizes.root.join("reading").join("data");
    let made = rebuilding::child(&["--make-issues"], &data, Some(sizes.issues))?;
    table.note(format!("read: {}", made.text("mix")?));
    rebuilding::child(&["--build"], &data, None)?;
    let raw = floors::lists(&sizes.root, sizes.issues, sizes.time)?;
    let token = token(&data)?;
    let server = Server::start(&data).await?;
    server.catch_up().await?;
    let reader = Reader { sizes, speaker: speaker(&server, &token), server };

    let ids = reader.ids().await?;
    // Each for the first time, then any of them again: what is kept is kept until the next event.
    let next = RefCell::new(ids.iter().cycle());
    let new = |_: &mut Numbers| {
        format!("/issues/{}", next.borrow_mut().next().map_or("", String::as_str))
    };
    let first = reader.send(64, Until::Sent(ids.len()), 19, &new).await?;
    let one = |numbers: &mut Numbers| format!("/issues/{}", numbers.one(&ids));
    let one = reader.read(64, 20, &one).await?;
    let constant = floors::constants(one.body_bytes(), sizes.time).await?;
    table.ratio(
        "show an issue again, 64 connections / axum's constant of its size",
        (one.rate(), "/s"),
        (constant, "/s"),
        Goal::AtLeast { must: 40.0, aim: 70.0 },
    );
    let what = "show an issue that nobody has asked for";
    table.figure(what, first.rate(), "/s", Goal::None);
    table.note(format!(
        "an issue shown has {} bytes; {} different ones were asked for",
        one.body_bytes(),
        ids.len()
    ));

    let themes = reader.themes().await?;
    let list = reader
        .read(16, 21, &|numbers| format!("/issues?theme={}&limit=50", numbers.one(&themes)))
        .await?;
    table.ratio(
        "list of 50 of a theme, 16 connections / raw SQLite list",
        (list.rate(), "/s"),
        (raw, "/s"),
        Goal::AtLeast { must: 25.0, aim: 60.0 },
    );
    // Bytes are kept for the next asker; these have to be read each time.
    let since = |numbers: &mut Numbers| {
        let (second, micros) = (numbers.below(60), numbers.below(1_000_000));
        let theme = numbers.one(&themes);
        format!(
            "/issues?theme={theme}&limit=50&updated_since=2024-01-01T00:00:{second:02}.{micros:06}Z"
        )
    };
    let fresh = reader.read(16, 22, &since).await?;
    table.ratio("  the same, no two requests alike", (fresh.rate(), "/s"), (raw, "/s"), Goal::None);

    let queries = queries()?;
    let turn = RefCell::new(0_usize);
    let search = |numbers: &mut Numbers| {
        let at = turn.replace_with(|turn| *turn + 1);
        // A limit that differs makes the question a new one.
        let limit = 20 + numbers.below(180);
        let query = queries.get(at % queries.len()).map_or("", String::as_str);
        format!("/issues?q={query}&limit={limit}")
    };
    let found = reader.read(1, 23, &search).await?;
    table.figure(
        "search with the access filter: p95",
        found.percentile(0.95),
        "ms",
        Goal::AtMost { must: 50.0, aim: 20.0 },
    );
    table.figure("search: median", found.percentile(0.5), "ms", Goal::None);
    table.figure(
        "memory of the server's own after these loads",
        memory(&reader.server.process(), "RssAnon")?,
        "MiB",
        Goal::AtMost { must: 96.0, aim: 48.0 },
    );
    reader.server.stop()?;
    Ok(std::fs::remove_dir_all(sizes.root.join("reading"))?)
}

fn queries() -> Result<Vec<String>, Failure> {
    let all: Vec<Value> = serde_json::from_str(QUERIES)?;
    let texts = all.iter().filter_map(|one| one.get("query")?.as_str());
    Ok(texts
        .map(|text| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>())
        .collect())
}

struct Reader<'a> {
    sizes: &'a Sizes,
    speaker: Speaker,
    server: Server,
}

impl Reader<'_> {
    /// A load of readings.
    async fn send(
        &self,
        connections: usize,
        until: Until,
        seed: u64,
        path: &dyn Fn(&mut Numbers) -> String,
    ) -> Result<Load, Failure> {
        let request =
            |numbers: &mut Numbers, out: &mut Vec<u8>| self.speaker.get(&path(numbers), out);
        let wanted =
            Wanted { connections, until, status: 200, request: &request, keep: None, seed };
        load(self.server.address, &wanted).await?.checked("reading")
    }

    /// A load of readings, after a short one to warm up.
    async fn read(
        &self,
        connections: usize,
        seed: u64,
        path: &dyn Fn(&mut Numbers) -> String,
    ) -> Result<Load, Failure> {
        self.send(connections, Until::Over(self.sizes.time / 5), seed, path).await?;
        self.send(connections, Until::Over(self.sizes.time), seed, path).await
    }

    /// The answer to one reading.
    async fn answer(&self, path: &str) -> Result<Value, Failure> {
        let request = |_: &mut Numbers, out: &mut Vec<u8>| self.speaker.get(path, out);
        let wanted = Wanted {
            connections: 1,
            until: Until::Sent(1),
            status: 200,
            request: &request,
            keep: Some(|body| Some(body.to_owned())),
            seed: 24,
        };
        let answer = load(self.server.address, &wanted).await?.checked(path)?;
        Ok(serde_json::from_str(answer.kept.first().ok_or("no answer")?)?)
    }

    /// Ids of issues that may be shown: up to 5,000, page by page.
    async fn ids(&self) -> Result<Vec<String>, Failure> {
        let mut ids = Vec::new();
        let mut path = "/issues?limit=200".to_owned();
        while ids.len() < 5_000 {
            let page = self.answer(&path).await?;
            let items =
                page.get("items").and_then(Value::as_array).ok_or("a list without items")?;
            ids.extend(items.iter().filter_map(|one| Some(one.get("id")?.as_str()?.to_owned())));
            // The next page is a whole address.
            let next = page.get("next").and_then(Value::as_str);
            let Some((_, next)) = next.and_then(|next| next.split_once("/api/v1")) else { break };
            next.clone_into(&mut path);
        }
        Ok(ids)
    }

    /// Themes of issues that may be shown.
    async fn themes(&self) -> Result<Vec<String>, Failure> {
        let page = self.answer("/issues?limit=200").await?;
        let items = page.get("items").and_then(Value::as_array).ok_or("a list without items")?;
        let themes = items.iter().filter_map(|one| Some(one.get("theme")?.as_str()?.to_owned()));
        let themes: std::collections::BTreeSet<String> = themes.collect();
        Ok(themes.into_iter().collect())
    }
}

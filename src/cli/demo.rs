//! `quesito demo`.

use std::path::PathBuf;

use crate::app::{self, Access, Engine, Serving, private_folder};
use crate::config::{Data, DataArgs, ServeArgs, temporary};
use crate::domain::registry::Role;
use crate::domain::values::Text;
use crate::import::{COORDINATOR, CaseFile};
use crate::operations::Operations;
use crate::operations::accounts::AccountRequest;
use crate::operations::tokens::{TokenRequest, operator};
use crate::web::DemoAccount;
use clap::Args;
use jiff::ToSpan;
use uuid::Uuid;

use super::{Failure, accounts, clock, import, say};

const AFTER: &str = "\
Examples:
  quesito demo                                # gone when you stop it
  quesito demo --listen 127.0.0.1:9000 --rate-limit 0
  quesito demo --data ./demo                  # kept; the same command goes on with it

It prints the address and a token for each of six accounts, one on a line:
  <role> <body> qst_…
Then, with one of them:
  curl -H 'Authorization: Bearer qst_…' http://127.0.0.1:8080/api/v1/issues";

/// The file that tells a folder of the demonstration from one in earnest.
const MARK: &str = "demonstration";

/// What the mark says while the cases are being recorded, and afterwards.
const BEGUN: &str = "Dimostrazione: caricamento in corso.\n";
const COMPLETE: &str = "Dimostrazione.\n";

/// Who may be tried out: role, body, opaque reference.
const ACCOUNTS: &[(Role, &str, &str)] = &[
    (Role::Municipality, "c_g337", "demo-comune-1"),
    (Role::Municipality, "c_a944", "demo-comune-2"),
    (Role::Staff, COORDINATOR, "demo-coordinamento"),
    (Role::Observer, "regione_er", "demo-osservatore"),
    (Role::Auditor, COORDINATOR, "demo-revisione"),
    (Role::Admin, COORDINATOR, "demo-gestione"),
];

/// Serves thirty invented cases, to look around in
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Demo {
    /// Keep the data here [default: a temporary folder that goes when the demo stops]
    #[arg(long, value_name = "DIR", env = "QUESITO_DEMO_DATA")]
    data: Option<PathBuf>,
    #[command(flatten)]
    settings: ServeArgs,
}

/// A folder that goes away with the demonstration.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Err(why) = std::fs::remove_dir_all(&self.0) {
            eprintln!("quesito: {} could not be removed: {why}", self.0.display());
        }
    }
}

impl Demo {
    pub async fn run(self) -> Result<(), Failure> {
        let (data, _temporary) = self.place()?;
        if data.events().exists() && !data.folder.join(MARK).exists() {
            return Err(format!(
                "{} holds data in earnest, and a demonstration hands out tokens: give another \
                 folder with --data",
                data.folder.display()
            )
            .into());
        }
        let file = CaseFile::demonstration()?;
        // Told to stop before it is ready, it must take its folder along.
        let (engine, accounts) = tokio::select! {
            prepared = prepare(&data, &file) => prepared?,
            () = app::told_to_stop() => return Ok(()),
        };

        let disclaimer = file.disclaimer_it.unwrap_or_default();
        let (demo, lines): (Vec<_>, Vec<_>) = accounts.into_iter().unzip();
        let (settings, early) = (&self.settings, None);
        let serving = Serving { settings, disclaimer: Some(disclaimer.clone()), demo, early };
        app::serve(&engine, serving, |base| {
            say(disclaimer);
            say(base);
            say(format_args!("{base}/docs"));
            for line in lines {
                say(line);
            }
        })
        .await?;
        Ok(())
    }

    /// Where the data lie; a temporary folder goes when the second part is dropped.
    fn place(&self) -> Result<(Data, Option<Temporary>), Failure> {
        if let Some(folder) = &self.data {
            let args = DataArgs { data: folder.clone(), keys: None, documents: None, store: None };
            return Ok((args.check()?, None));
        }
        let mut name = [0; 8];
        clock().fill(&mut name);
        let name = u64::from_ne_bytes(name);
        let folder = temporary().join(format!("quesito-demo-{name:016x}"));
        private_folder(&folder)?;
        let temporary = Temporary(folder.clone());
        let args = DataArgs { data: folder.join("data"), keys: None, documents: None, store: None };
        Ok((args.check()?, Some(temporary)))
    }
}

/// An account, and the line that is printed of it.
type Told = (DemoAccount, String);

/// A store with the cases, and the accounts.
async fn prepare(data: &Data, file: &CaseFile) -> Result<(Engine, Vec<Told>), Failure> {
    let mark = data.folder.join(MARK);
    if std::fs::read_to_string(&mark).is_ok_and(|state| state == BEGUN) {
        // It was stopped half way: begin again.
        std::fs::remove_dir_all(&data.folder)?;
    }
    private_folder(&data.folder)?;
    let engine = if std::fs::exists(&mark)? {
        Engine::open(data, Access::Write, clock()).await?
    } else {
        std::fs::write(&mark, BEGUN)?;
        let engine = Engine::open(data, Access::Create, clock()).await?;
        import::history(&engine, file).await?;
        std::fs::write(&mark, COMPLETE)?;
        engine
    };
    let accounts = open(&engine).await?;
    Ok((engine, accounts))
}

/// The accounts, each with a fresh token.
async fn open(engine: &Engine) -> Result<Vec<Told>, Failure> {
    let operations = engine.operations();
    let expires_on = operations.clock.today().checked_add(30.days())?.into();
    let mut open = Vec::new();
    for (role, body, person) in ACCOUNTS {
        let body = body.parse()?;
        let request = TokenRequest {
            person: person.parse()?,
            role: *role,
            network: accounts::network(&operations, *role, &body).await?,
            body,
            label: Text::new("dimostrazione")?,
            expires_on,
            machine: false,
        };
        let account = account(engine, &operations, &request).await?;
        let body = request.body.clone();
        let issued = accounts::issue(engine, &operations, request).await?;
        let word = serde_json::to_value(role)?;
        let (word, token) = (word.as_str().unwrap_or_default(), issued.token.unwrap_or_default());
        let line = format!("{word} {body} {token}");
        open.push((DemoAccount { role: *role, body, account }, line));
    }
    Ok(open)
}

/// The account that opens with one click; a kept demonstration has it already.
async fn account(
    engine: &Engine,
    operations: &Operations,
    request: &TokenRequest,
) -> Result<Uuid, Failure> {
    let email = format!("{}@dimostrazione.example", request.person);
    if let Some(id) = operations.find_account(&email).await.map_err(|why| accounts::told(&why))? {
        return Ok(id);
    }
    let account = AccountRequest {
        person: Some(request.person.clone()),
        name: Text::new("Persona inventata")?,
        email: Text::new(email)?,
        role: request.role,
        body: request.body.clone(),
        network: request.network.clone(),
        function: None,
    };
    let created = operations.create_account(&operator(), engine.random_id(), account).await;
    Ok(created.map_err(|why| accounts::told(&why))?.id)
}

//! `cabrank tokens list|make|take-back`: asks a running engine, since a token that it has not heard of opens nothing.

use super::{Outcome, Unusable};
use clap::{Args, Subcommand};
use reqwest::{Client, Method, RequestBuilder, Response, Url};
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;

/// How long the engine may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Where the administrator's token is looked for, if no file is named.
const VARIABLE: &str = "CABRANK_TOKEN";

#[derive(Subcommand)]
pub(super) enum TokensCommand {
    /// Every token, without itself: id, role, whose it is, what it is called.
    #[command(after_help = "Example: cabrank tokens list --token-file admin.token")]
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        engine: Engine,
    },
    /// Make one more and print it: it is shown this once.
    #[command(after_help = "Example: cabrank tokens make agent --agent a101 --name Ann > ann.token")]
    Make {
        /// What its bearer may do: admin, supervisor, agent, integrator or viewer.
        role: String,
        /// The agent whose it is to be, with the role `agent`: it opens that agent's desk, and changes nobody else's state.
        #[arg(long)]
        agent: Option<String>,
        /// What it is to be called: the author of what is done with it.
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        engine: Engine,
    },
    /// Take one back: it opens nothing any more, and whoever signed in with it is signed out.
    #[command(after_help = "Example: cabrank tokens take-back 3f9c0a52b1d4e677")]
    TakeBack {
        /// Its id, as `cabrank tokens list` shows it.
        id: String,
        #[command(flatten)]
        engine: Engine,
    },
}

/// Which engine, and the token of one of its administrators.
#[derive(Args)]
pub(super) struct Engine {
    /// Where it serves HTTP.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    url: Url,
    /// A file with an administrator's token; without one it comes from the variable CABRANK_TOKEN.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Token {
    id: String,
    role: String,
    agent: Option<String>,
    name: Option<String>,
}

pub(super) fn run(command: TokensCommand) -> Result<Outcome, Unusable> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Unusable::because)?;
    runtime.block_on(async {
        match command {
            TokensCommand::List { json, engine } => list(&engine, json).await,
            TokensCommand::Make { role, agent, name, engine } => make(&engine, &role, agent, name).await,
            TokensCommand::TakeBack { id, engine } => take_back(&engine, &id).await,
        }
    })
}

async fn list(engine: &Engine, json: bool) -> Result<Outcome, Unusable> {
    let answer = engine.answer(engine.request(Method::GET, "/api/v1/tokens")?).await?;
    let told: Value = answer.json().await.map_err(Unusable::because)?;
    if json {
        println!("{told}");
        return Ok(Outcome::Done);
    }
    let tokens: Vec<Token> = serde_json::from_value(told["tokens"].clone()).map_err(Unusable::because)?;
    println!("{:<16}  {:<10}  {:<12}  NAME", "ID", "ROLE", "AGENT");
    for Token { id, role, agent, name } in tokens {
        println!("{id:<16}  {role:<10}  {:<12}  {}", agent.as_deref().unwrap_or("-"), name.as_deref().unwrap_or("-"));
    }
    Ok(Outcome::Done)
}

async fn make(engine: &Engine, role: &str, agent: Option<String>, name: Option<String>) -> Result<Outcome, Unusable> {
    let asked = json!({"role": role, "agent": agent, "name": name});
    let answer = engine.answer(engine.request(Method::POST, "/api/v1/tokens")?.json(&asked)).await?;
    let made: Value = answer.json().await.map_err(Unusable::because)?;
    println!("{}", made["token"].as_str().unwrap_or_default());
    eprintln!("its id, to take it back: {}", made["id"].as_str().unwrap_or_default());
    Ok(Outcome::Done)
}

async fn take_back(engine: &Engine, id: &str) -> Result<Outcome, Unusable> {
    engine.answer(engine.request(Method::DELETE, &format!("/api/v1/tokens/{id}"))?).await?;
    println!("taken back: {id}");
    Ok(Outcome::Done)
}

impl Engine {
    fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, Unusable> {
        let client = Client::builder().timeout(PATIENCE).build().map_err(Unusable::because)?;
        let url = self.url.join(path).map_err(Unusable::because)?;
        Ok(client.request(method, url).bearer_auth(self.token()?))
    }

    fn token(&self) -> Result<String, Unusable> {
        let told = match &self.token_file {
            Some(file) => {
                std::fs::read_to_string(file).map_err(|fault| Unusable::because(format!("{}: {fault}", file.display())))?
            }
            None => std::env::var(VARIABLE).map_err(|_| {
                let to_do = "which the engine printed at its very first start";
                Unusable::because(format!("set {VARIABLE}, or name a --token-file, with an administrator's token, {to_do}"))
            })?,
        };
        Ok(told.trim().to_owned())
    }

    /// The answer, or what the engine says against it.
    async fn answer(&self, request: RequestBuilder) -> Result<Response, Unusable> {
        let sent = request.send().await;
        let answer =
            sent.map_err(|_| Unusable::because(format!("{} does not answer; is the engine running there?", self.url)))?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        let status = answer.status();
        let problem: Value = answer.json().await.unwrap_or_default();
        Err(Unusable::because(problem["detail"].as_str().map_or_else(|| status.to_string(), str::to_owned)))
    }
}

//! A real browser: headless Chromium, driven by WebDriver (W3C) through Debian's chromedriver, which speaks plain JSON over HTTP.

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use ureq::Agent;

use crate::child::Child;
use crate::ports::Block;
use crate::python;
use crate::room::Room;
use crate::wait::until;

/// How long the browser may take for one thing.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a page may take to show something.
const SHOWS_WITHIN: Duration = Duration::from_secs(10);

/// The axe-core script lies in this package.
const AXE_PACKAGE: &str = "axe-playwright-python==0.1.8\n";
const AXE_SCRIPT: &str = "axe_playwright_python/axe.min.js";

/// A browser with one window. It ends with its driver.
#[derive(Debug)]
pub struct Browser {
    session: String,
    agent: Agent,
    driver: Child,
}

/// Light or dark, and how wide.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Whether the user likes dark pages.
    pub dark: bool,
    /// Width of the window, in pixels.
    pub width_px: u32,
}

impl Browser {
    /// Starts one. It takes the ninth HTTP port of the block.
    pub fn start(room: &Room, ports: &Block) -> Browser {
        let port = ports.http(9);
        let args = [format!("--port={port}"), "--allowed-ips=127.0.0.1".to_owned()];
        let mut driver = Child::start("chromedriver", &args, room.file("chromedriver.log"));
        driver.wait_for_log("started successfully", PATIENCE);
        let agent: Agent = Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).build().into();
        let profile = format!("--user-data-dir={}", room.file("chromium").display());
        let args =
            json!(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-proxy-server", profile]);
        let wanted = json!({"capabilities": {"alwaysMatch": {"goog:chromeOptions": {"args": args}}}});
        let mut browser = Browser { session: format!("http://127.0.0.1:{port}/session"), agent, driver };
        let opened = browser.post("", &wanted);
        browser.session += &format!("/{}", opened["sessionId"].as_str().expect("a session"));
        browser
    }

    /// Opens a page.
    pub fn open(&self, url: &str) {
        self.post("/url", &json!({"url": url}));
    }

    /// Where it is.
    pub fn path(&self) -> String {
        self.run("return location.pathname").as_str().expect("a path").to_owned()
    }

    /// Runs a script in the page; what it returns, a promise too, comes back as JSON.
    pub fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({"script": script, "args": []}))
    }

    /// The text of the first element that this selector finds; empty if it finds none.
    pub fn text(&self, selector: &str) -> String {
        let found = self.run(&format!("return document.querySelector({})?.textContent ?? ''", json!(selector)));
        found.as_str().expect("a text").trim().to_owned()
    }

    /// Waits until an element has this text in it.
    pub fn shows(&self, selector: &str, text: &str) {
        until(SHOWS_WITHIN, &format!("{selector} to show {text:?}"), || self.text(selector).contains(text).then_some(()));
    }

    /// Looks at pages differently from now on.
    pub fn look(&self, look: Look) {
        let scheme = if look.dark { "dark" } else { "light" };
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.devtools("Emulation.setEmulatedMedia", &media);
        let metrics = json!({"width": look.width_px, "height": 900, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", &metrics);
    }

    /// What it has cached is gone.
    pub fn forget(&self) {
        self.devtools("Network.clearBrowserCache", &json!({}));
    }

    /// Faults that axe-core finds in the page and calls serious or critical; it comes from PyPI, into `cache`.
    pub fn serious_faults(&self, cache: &Path) -> Vec<String> {
        let script = python::packages(AXE_PACKAGE, cache).join(AXE_SCRIPT);
        let axe = std::fs::read_to_string(script).expect("axe-core");
        self.devtools("Runtime.evaluate", &json!({"expression": axe}));
        let found = self.run("return axe.run().then((found) => found.violations)");
        let serious = |fault: &&Value| matches!(fault["impact"].as_str(), Some("serious" | "critical"));
        let told = |fault: &Value| format!("{}: {} {}", fault["id"], fault["help"], fault["nodes"][0]["html"]);
        found.as_array().expect("a list").iter().filter(serious).map(told).collect()
    }

    /// Clicks on the first element that this selector finds.
    pub fn click(&self, selector: &str) {
        self.run(&format!("document.querySelector({}).click()", json!(selector)));
    }

    /// Fills in a field as somebody would who types or chooses.
    pub fn fill(&self, selector: &str, value: &str) {
        let filled = "field.value = arguments[1]; field.dispatchEvent(new Event('input', {bubbles: true}))";
        let script = format!("const field = document.querySelector(arguments[0]); {filled}");
        self.post("/execute/sync", &json!({"script": script, "args": [selector, value]}));
    }

    /// What a field holds.
    pub fn value(&self, selector: &str) -> String {
        let value = self.run(&format!("return document.querySelector({}).value", json!(selector)));
        value.as_str().expect("a value").to_owned()
    }

    /// Takes a picture of the whole page into the directory that CABRANK_PICTURES names, if it names one.
    pub fn picture(&self, name: &str) {
        let Some(directory) = std::env::var_os("CABRANK_PICTURES") else { return };
        let taken = self.devtools("Page.captureScreenshot", &json!({"captureBeyondViewport": true}));
        let picture = STANDARD.decode(taken["data"].as_str().expect("a picture")).expect("base64");
        std::fs::write(Path::new(&directory).join(format!("{name}.png")), picture).expect("a directory");
    }

    fn devtools(&self, command: &str, params: &Value) -> Value {
        self.post("/goog/cdp/execute", &json!({"cmd": command, "params": params}))
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let asked = format!("{}{path}", self.session);
        let mut answer =
            self.agent.post(&asked).send_json(body).unwrap_or_else(|e| panic!("{asked}: {e}\n{}", self.driver.log()));
        let told: Value = answer.body_mut().with_config().limit(64 << 20).read_json().expect("JSON");
        assert!(answer.status().is_success(), "{asked}: {}", told["value"]["message"]);
        told["value"].clone()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Whether it still answers or not: the driver ends, and takes the browser with it.
        let _ = self.agent.delete(&self.session).call();
    }
}

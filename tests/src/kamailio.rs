//! kamailio as a stateful proxy that stays in the path of every dialog (Record-Route).

use std::time::Duration;

use crate::child::Child;
use crate::room::Room;

const MODULES: &str = "/usr/lib/x86_64-linux-gnu/kamailio/modules/:/usr/lib/aarch64-linux-gnu/kamailio/modules/";

/// kamailio is several processes: in a PID namespace of their own all of them end with the first.
const TOGETHER: [&str; 4] = ["--fork", "--pid", "--kill-child", "kamailio"];

/// A running proxy.
#[derive(Debug)]
pub struct Kamailio {
    _child: Child,
    port: u16,
}

impl Kamailio {
    /// A proxy on `port` that passes calls for each named user to a port of 127.0.0.1.
    pub fn start(room: &Room, port: u16, users: &[(&str, u16)]) -> Kamailio {
        let config = room.write("kamailio.cfg", config(port, users));
        let run = room.file("kamailio.d");
        room.write("kamailio.d/.keep", "");
        let args = ["-f", &config.display().to_string(), "-DD", "-E", "-e", "-m", "16", "-M", "4"].map(str::to_owned);
        let run = ["-Y".to_owned(), run.display().to_string(), "-P".to_owned(), room.file("kamailio.pid").display().to_string()];
        let command = [TOGETHER.map(str::to_owned).as_slice(), args.as_slice(), &run].concat();
        let mut child = Child::start("unshare", &command, room.file("kamailio.log"));
        child.wait_for_log("proxy is ready", Duration::from_secs(10));
        Kamailio { _child: child, port }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }
}

fn config(port: u16, users: &[(&str, u16)]) -> String {
    let destinations: String =
        users.iter().map(|(user, to)| format!("  if ($rU == \"{user}\") {{ $du = \"sip:127.0.0.1:{to}\"; }}\n")).collect();
    format!(
        r#"#!KAMAILIO
debug=1
log_stderror=yes
children=1
disable_tcp=yes
auto_aliases=no
listen=udp:127.0.0.1:{port}
mpath="{MODULES}"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "siputils.so"
loadmodule "textops.so"
loadmodule "xlog.so"
modparam("rr", "enable_full_lr", 1)

event_route[core:worker-one-init] {{
  xlog("L_ERR", "proxy is ready\n");
}}

request_route {{
  if (!mf_process_maxfwd_header("10")) {{ sl_send_reply("483", "Too Many Hops"); exit; }}
  if (is_method("CANCEL")) {{ if (t_check_trans()) {{ t_relay(); }} exit; }}
  if (has_totag()) {{
    if (loose_route()) {{ t_relay(); exit; }}
    if (is_method("ACK")) {{ if (t_check_trans()) {{ t_relay(); }} exit; }}
    sl_send_reply("404", "Not Within a Route");
    exit;
  }}
  t_check_trans();
  if (is_method("INVITE")) {{ record_route(); }}
{destinations}
  if ($du == $null) {{ sl_send_reply("404", "Nobody Here"); exit; }}
  if (!t_relay()) {{ sl_reply_error(); }}
}}
"#
    )
}

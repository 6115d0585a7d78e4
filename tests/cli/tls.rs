//! Whom HTTPS trusts: a server with a certificate of a development authority's.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// What serves: it says its port, then answers every request.
const SERVER: &str = "
    const { readFileSync } = require('node:fs');
    const options = { cert: readFileSync(process.argv[1]), key: readFileSync(process.argv[2]) };
    const server = require('node:https').createServer(options, (_, answer) => answer.end('secret'));
    server.listen(0, '127.0.0.1', () => console.log(server.address().port));";

const RUNNER: &str = "addEventListener('go', async (resolve, reject, { url }) => {
    try { resolve(await (await fetch(url)).text()) } catch (error) { reject(error) }
});";

/// An authority, a server that it vouches for, and one that vouches for itself.
struct Development {
    folder: TempDir,
    servers: Vec<Child>,
}

impl Drop for Development {
    fn drop(&mut self) {
        for server in &mut self.servers {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

#[test]
fn https_trusts_whom_the_developer_trusts() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let mut development = Development { folder, servers: Vec::new() };
    let path = development.folder.path().to_owned();
    fs::write(path.join("runner.js"), RUNNER).expect("it is writable");
    fs::write(path.join("san"), "subjectAltName=DNS:localhost,IP:127.0.0.1")
        .expect("it is writable");
    certify(&path);
    let signed = development.serve("leaf");
    let own = development.serve("ca");
    for variable in ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"] {
        let line = run(&path, &signed, Some(variable));
        assert_eq!(line["value"], "secret", "{variable}: {line}");
    }
    for url in [&signed, &own] {
        let message = run(&path, url, None)["error"]["message"].to_string();
        for part in ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "nobody that this machine trusts"] {
            assert!(message.contains(part), "{message}");
        }
    }
}

/// Makes `ca.pem` and `leaf.pem`, each with its key.
fn certify(folder: &Path) {
    let openssl = |arguments: &str| {
        let done = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output();
        let done = done.expect("OpenSSL is there");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    openssl(&format!("req -x509 {key} -keyout ca.key -out ca.pem -days 2 -subj /CN=Development"));
    openssl(&format!("req {key} -keyout leaf.key -out leaf.csr -subj /CN=localhost"));
    openssl(
        "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile san -out leaf.pem",
    );
}

impl Development {
    /// Starts a server with this certificate.
    fn serve(&mut self, name: &str) -> String {
        let mut server = Command::new("node")
            .args(["-e", SERVER, &format!("{name}.pem"), &format!("{name}.key")])
            .current_dir(self.folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Node.js is there");
        let mut port = String::new();
        let output = server.stdout.take().expect("it is piped");
        BufReader::new(output).read_line(&mut port).expect("the server says its port");
        self.servers.push(server);
        format!("https://localhost:{}/", port.trim())
    }
}

/// Runs the runner, with the authority named in a variable.
fn run(folder: &Path, url: &str, variable: Option<&str>) -> Value {
    let mut command = Command::new(background_runner_tests::background_runner());
    command
        .args(["run", "runner.js", "--event", "go", "--json", "--details"])
        .arg(serde_json::json!({ "url": url }).to_string())
        .current_dir(folder)
        .env_remove("SSL_CERT_FILE")
        .env_remove("SSL_CERT_DIR")
        .env_remove("NODE_EXTRA_CA_CERTS");
    if let Some(variable) = variable {
        command.env(variable, folder.join("ca.pem"));
    }
    let output = command.output().expect("the binary starts");
    serde_json::from_slice(&output.stdout).expect("the line is JSON")
}

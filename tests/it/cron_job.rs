//! The CronJob of docs/containers.md, its mounted secret, and a memory limit.

use std::fs;
use std::os::unix::fs::{chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use vanta::{Client, ErrorKind};

use crate::containers::{Container, are_allowed, set_mode, volume};
use crate::harness::{RESOURCE, Rig, TempFolder, account, assert_kind, fixture_path};
use crate::jobs::text;
use crate::tools;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The group of the volumes.
const GROUP: u32 = 7000;

/// Fills a folder as the kubelet does for a secret or a config map: each name is a symbolic link
/// into `..data`, which is a link to a folder of the current version.
fn write_version(folder: &Path, version: &str, files: &[(&str, &str)], mode: u32) {
    let place = folder.join(version);
    fs::create_dir(&place).expect("ours");
    set_mode(&place, 0o755);
    for (name, content) in files {
        fs::write(place.join(name), content).expect("ours");
        set_mode(&place.join(name), mode);
        let link = folder.join(name);
        if fs::symlink_metadata(&link).is_err() {
            symlink(Path::new("..data").join(name), link).expect("ours");
        }
    }
    symlink(version, folder.join("..data_tmp")).expect("ours");
    fs::rename(folder.join("..data_tmp"), folder.join("..data")).expect("ours");
}

#[test]
fn a_mounted_secret_and_authority_are_read_through_links_whoever_owns_them() {
    needs!("unshare");
    if !are_allowed() {
        return;
    }
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    let authority = volume(&folder, "authority", 0, 0, 0o755);
    write_version(&authority, "..2026_11_29", &[("ca.crt", rig.sim.ca_pem())], 0o644);
    let at = |mode: u32, group: u32| {
        let secret = volume(&folder, &format!("{mode:o}"), 0, group, 0o755);
        let content = format!("{}\n", rig.sim.client_secret());
        write_version(&secret, "..2026_11_29", &[("client-secret", &content)], mode);
        let file = secret.join("..2026_11_29/client-secret");
        chown(file, Some(0), Some(group)).expect("root may");
        Container::new(&rig)
            .option(&["--groups", "7000"])
            .read_only(&secret, "/run/secrets/vanta")
            .read_only(&authority, "/run/authority")
            .set("VANTA_CLIENT_SECRET_FILE", "/run/secrets/vanta/client-secret")
            .set("VANTA_CA_FILE", "/run/authority")
    };
    at(0o644, 0).succeeds();
    at(0o440, GROUP).set("VANTA_CA_FILE", "/run/authority/ca.crt").succeeds();
    let owner = "/run/secrets/vanta/client-secret belongs to user 0 and group 0 and has mode 0400";
    at(0o400, 0).ends_with(78, &["Permission denied", owner, "fsGroup", "defaultMode"]);
}

#[test]
fn a_mounted_secret_that_is_rotated_by_a_link_is_read_for_the_next_token_request() {
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    let path = folder.path();
    write_version(path, "..1", &[("client-secret", &rig.sim.client_secret())], 0o644);
    let mut config = vanta::Config::new().client_secret_file(path.join("client-secret"));
    config = config.origin(rig.sim.origin()).client_id(rig.sim.client_id());
    config = config.ca_file(rig.ca.path()).clock(rig.clock.clone()).requests_per_minute(0);
    let client = Client::new(config).expect("it is right");
    client.token().expect("a token");
    rig.sim.set_client_secret("vcs_rotated");
    rig.advance(Duration::from_secs(3600));
    assert_kind(client.token(), ErrorKind::InvalidClient);
    write_version(path, "..2", &[("client-secret", "vcs_rotated")], 0o644);
    client.token().expect("the new secret was read");
    assert_eq!(rig.sim.counters().token_requests, 3);
}

#[test]
fn without_a_resolver_the_error_names_the_host() {
    needs!("unshare");
    if !are_allowed() {
        return;
    }
    let rig = Rig::unlimited();
    let job = Container::new(&rig).option(&["--no-network"]);
    job.set("VANTA_ORIGIN", "https://vanta.invalid").ends_with(75, &["vanta.invalid"]);
}

/// Returns the YAML of the CronJob on the page.
fn cron_job() -> String {
    let page = fs::read_to_string(Path::new(ROOT).join("docs/containers.md")).expect("it is there");
    let (_, rest) = page.split_once("```yaml\n").expect("the page has a CronJob");
    rest.split("```").next().expect("it ends").to_owned()
}

/// Returns the value of the first line of the YAML with this key.
fn value<'a>(yaml: &'a str, key: &str) -> &'a str {
    let line = yaml.lines().find_map(|line| line.trim().strip_prefix(&format!("{key}: ")));
    line.unwrap_or_else(|| panic!("no {key}")).trim_matches('"')
}

#[test]
fn the_cron_job_of_the_page_runs_and_runs_again_after_its_volumes_are_mounted_anew() {
    needs!("unshare");
    if !are_allowed() {
        return;
    }
    let yaml = cron_job();
    let user = format!("{}:{}", value(&yaml, "runAsUser"), value(&yaml, "runAsGroup"));
    let group: u32 = value(&yaml, "fsGroup").parse().expect("a number");
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    let store = volume(&folder, "store", 0, group, 0o2775);
    let secret = volume(&folder, "secret", 0, group, 0o2775);
    let records = volume(&folder, "records", 0, group, 0o2775);
    let mode = u32::from_str_radix(value(&yaml, "defaultMode"), 8).expect("a mode");
    write_version(&secret, "..1", &[("client-secret", &rig.sim.client_secret())], mode);
    chown(secret.join("..1/client-secret"), Some(0), Some(group)).expect("root may");
    let accounts = fs::read_to_string(fixture_path("01_user_account_3.json")).expect("it is there");
    write_version(&records, "..1", &[("accounts.json", &accounts)], 0o644);
    let mut job = Container::new(&rig)
        .option(&["--user", &user, "--groups", &group.to_string()])
        .read_only(&secret, "/run/secrets/vanta")
        .read_only(&records, "/records")
        .mount(&store, "/var/lib/vanta");
    for path in ["/run/secrets/vanta", "/records", "/var/lib/vanta"] {
        assert!(yaml.contains(&format!("mountPath: {path}\n")), "{path}");
    }
    let arguments = value(&yaml, "args").trim_matches(['[', ']']);
    job.arguments = arguments.split(", ").map(str::to_owned).collect();
    let (_, variables) = yaml.split_once("env:\n").expect("it has some");
    for part in
        variables.split("- name: VANTA_").skip(1).filter(|part| !part.starts_with("CLIENT_ID"))
    {
        let name = part.lines().next().expect("a name");
        job = job.set(&format!("VANTA_{name}"), value(part, "value"));
    }
    job.succeeds();
    job.succeeds();
    chown(&store, Some(0), Some(group)).expect("root may");
    for name in ["token", "token.lock"] {
        set_mode(&store.join(name), 0o660);
    }
    job.succeeds();
    assert_eq!(rig.sim.counters().token_requests, 1);
}

#[test]
fn the_cron_job_of_the_page_is_yaml() {
    needs!("python3");
    let yaml = cron_job();
    assert!(yaml.lines().all(|line| !line.contains('\t')), "YAML has no tabs");
    let code = "import sys\ntry:\n    import yaml\nexcept ImportError:\n    sys.exit(3)\n\
                job = yaml.safe_load(sys.argv[1])['spec']\n\
                pod = job['jobTemplate']['spec']['template']['spec']\n\
                volumes = {one['name'] for one in pod['volumes']}\n\
                [container] = pod['containers']\n\
                assert {one['name'] for one in container['volumeMounts']} == volumes\n\
                assert all(isinstance(one['value'], str) for one in container['env'])\n\
                assert pod['restartPolicy'] == 'Never' and job['concurrencyPolicy'] == 'Forbid'\n";
    let output = Command::new("python3").args(["-c", code, &yaml]).output().expect("it is there");
    if output.status.code() == Some(3) {
        return tools::skip_part("Python has no yaml: the CronJob was not parsed");
    }
    assert!(output.status.success(), "{}", text(&output));
}

/// Creates a cgroup with a memory limit, or returns `None` where that is not allowed.
fn memory_group(name: &str, bytes: u64) -> Option<PathBuf> {
    let first = (Path::new("/sys/fs/cgroup/memory").join(name), "memory.limit_in_bytes");
    let second = (Path::new("/sys/fs/cgroup").join(name), "memory.max");
    [first, second].into_iter().find_map(|(folder, limit)| {
        fs::create_dir(&folder).ok()?;
        let written = fs::write(folder.join(limit), bytes.to_string());
        written.map_err(|_| fs::remove_dir(&folder)).ok().map(|()| folder)
    })
}

#[test]
fn a_memory_limit_that_is_too_low_leaves_the_store_whole_and_64_mib_are_enough_for_10_mb() {
    needs!("unshare");
    if !are_allowed() {
        return;
    }
    let (rig, folder) = (Rig::unlimited(), TempFolder::new());
    let store = volume(&folder, "store", 65532, 65532, 0o700);
    let records: Vec<serde_json::Value> = (0..1000)
        .map(|n| {
            let mut record = account(&format!("u{n}"));
            record["fullName"] = "x".repeat(10_000).into();
            record
        })
        .collect();
    let body = serde_json::json!({"resourceId": RESOURCE, "resources": records}).to_string();
    assert!(body.len() > 10_000_000);
    folder.write("large.json", body.as_bytes());
    set_mode(&folder.path().join("large.json"), 0o444);
    let mut job = Container::new(&rig)
        .mount(&store, "/data")
        .read_only(&folder.path().join("large.json"), "/app/large.json")
        .set("VANTA_TOKEN_STORE", "/data/token");
    job.succeeds();
    job.arguments[1] = "/app/large.json".to_owned();
    for (mebibytes, is_enough) in [(64, true), (10, false)] {
        let name = format!("vanta-{}-{mebibytes}", std::process::id());
        let Some(group) = memory_group(&name, mebibytes << 20) else {
            return tools::skip_part("no cgroup with a memory limit can be made");
        };
        job.group = Some(group.clone());
        let output = job.run();
        fs::remove_dir(group).expect("nothing runs in it");
        let succeeded = output.status.success();
        assert_eq!(succeeded, is_enough, "{mebibytes} MiB: {}", text(&output));
    }
    job.group = None;
    job.arguments[1] = "/app/accounts.json".to_owned();
    job.succeeds();
    assert_eq!(rig.sim.counters().token_requests, 1);
}

//! The library leaves its host process unchanged: signals, locale, files, threads and memory.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::net::TcpListener;
use std::process::Command;

use crate::harness::{Fault, Place, Rig, TempFile, TempFolder, fixture_path};
use crate::jobs::{Jobs, start, text};
use crate::languages::{command, secret_file, succeed};
use crate::load_tolerance::until_in_time;
use crate::resource_limits::{c, run};

/// The arguments of tests/c/host_process.c.
fn program(what: &str) -> [OsString; 3] {
    // A push that is cut off must not fit into the kernel's buffers.
    let name =
        if what == "sigpipe" { "02_user_account_1200.json" } else { "01_user_account_3.json" };
    [c("host_process", "-std=gnu99"), what.into(), fixture_path(name).into()]
}

#[test]
fn signals_locale_folder_and_environment_are_unchanged() {
    needs!("gcc");
    // The program also checks, during a request, that descriptors are closed by exec.
    assert_eq!(run(&Rig::unlimited(), &program("state")), "passed\n");
}

#[test]
fn signals_at_a_high_rate_do_not_extend_the_deadline() {
    needs!("gcc");
    until_in_time("in time: passed\n", || {
        let rig = Rig::unlimited();
        rig.script(Place::Get, Fault::Hang);
        run(&rig, &program("signals"))
    });
}

#[test]
fn a_connection_reset_during_a_push_raises_no_sigpipe() {
    needs!("gcc");
    for tls in [true, false] {
        let rig = Rig::with(|settings| {
            settings.resource_limit_per_minute = None;
            settings.tls = tls;
        });
        rig.script(Place::Put, Fault::CutBody(1000));
        assert_eq!(run(&rig, &program("sigpipe")), "passed\n", "TLS: {tls}");
        let counters = rig.sim.counters();
        assert!(
            counters.puts > counters.puts_accepted && counters.puts_accepted > 0,
            "{counters:?}"
        );
    }
}

#[test]
fn thousand_calls_leak_no_thread_descriptor_or_memory() {
    needs!("gcc");
    let stdout = run(&Rig::unlimited(), &program("thousand"));
    let (more, rest) = stdout.split_once(' ').expect("a number");
    assert!(more.parse::<i64>().is_ok_and(|more| more < 32), "{stdout}");
    assert_eq!(rest, "KiB more: passed\n");
}

#[test]
fn standard_streams_may_be_closed_and_calls_work_in_atexit() {
    needs!("gcc");
    let rig = Rig::unlimited();
    let secret = secret_file(&rig);
    let output = command(&rig, &secret, &program("closed")).output().expect("it starts");
    assert_eq!(output.status.code(), Some(42), "{}", text(&output));
    assert_eq!(rig.sim.counters().puts_accepted, 3, "in main, at exit, and in a destructor");
}

#[test]
fn calls_register_no_destructor_of_a_thread_local() {
    needs!("gcc", "localhost");
    // A thread-local that is already destroyed panics when it is used, as in the last calls of a
    // program.
    let words = [c("thread_locals", "-std=gnu99")];
    assert_eq!(run(&Rig::unlimited(), &words), "0 destructors registered\n");
}

/// Makes a locale, because most machines have few.
fn locale(folder: &TempFolder, name: &str) -> OsString {
    let path = folder.path().join(name);
    let mut localedef = Command::new("localedef");
    // Its warnings about old definitions make it end with 1.
    let _ = localedef.args(["-i", name, "-f", "UTF-8"]).arg(&path).output();
    assert!(path.join("LC_NUMERIC").exists(), "no {name}: apt-get install locales");
    name.into()
}

#[test]
fn locale_does_not_change_numbers_and_names() {
    needs!("gcc", "localedef");
    let folder = TempFolder::new();
    let all: [OsString; 3] = ["C".into(), locale(&folder, "de_DE"), locale(&folder, "tr_TR")];
    let lines = all.map(|name| {
        let rig = Rig::unlimited();
        let secret = secret_file(&rig);
        let words = [c("locales", "-std=c99"), name];
        let output = succeed(command(&rig, &secret, &words).env("LOCPATH", folder.path()));
        String::from_utf8_lossy(&output.stdout).into_owned()
    });
    let [plain, german, turkish] = lines.each_ref().map(|line| line.split_once(' ').expect("two"));
    assert_eq!((plain.0, german.0, turkish.0), ("7.0", "7,0", "7,0"));
    assert_eq!((german.1, turkish.1), (plain.1, plain.1), "the pushed bytes");
}

/// Returns the files that a trace shows as opened, and the lines that are no reading.
fn opened(trace: &str) -> (BTreeSet<String>, Vec<&str>) {
    let mut opened = BTreeSet::new();
    let mut other = Vec::new();
    for line in trace.lines() {
        let path = unescaped(line.split('"').nth(1).unwrap_or_default());
        match line {
            _ if line.contains("openat(") && line.contains("O_RDONLY") => drop(opened.insert(path)),
            _ if line.contains("execve(") || line.contains("readlink") => {}
            _ if line.contains("access(") || line.contains("stat") => {}
            _ if line.contains("+++") || line.contains("---") => {}
            _ => other.push(line),
        }
    }
    (opened, other)
}

/// Decodes a path of strace, in which bytes outside ASCII are `\\` and three octal digits.
fn unescaped(path: &str) -> String {
    let mut parts = path.split('\\');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let digits = part.get(..3).and_then(|digits| u8::from_str_radix(digits, 8).ok());
        bytes.push(digits.unwrap_or(b'\\'));
        let rest = if digits.is_some() { &part[3..] } else { part };
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn no_file_is_opened_except_configured_ones_and_those_of_libc() {
    needs!("gcc", "strace");
    let (rig, trace) = (Rig::new(), TempFile::new("trace", b""));
    let secret = secret_file(&rig);
    let probe = c("probe", "-std=c99");
    let watch = ["-f", "-e", "trace=%file,chdir,fchdir,umask", "-o"].map(OsString::from);
    let mut words = vec![OsString::from("strace")];
    words.extend(watch.into_iter().chain([trace.path().into(), probe]));
    let mut list = command(&rig, &secret, &words);
    // By its IP address, because the files that a name lookup reads depend on the machine.
    list.env("VANTA_ORIGIN", rig.sim.origin().replace("localhost", "127.0.0.1"));
    succeed(list.args(["list", "user_account", "66f0c0ffee0000000000a001"]));
    let trace = std::fs::read_to_string(trace.path()).expect("strace wrote it");
    let (opened, other) = opened(&trace);
    let named = [rig.ca.path(), secret.path()].map(|path| path.display().to_string());
    let of_libc = |path: &&String| {
        let in_etc =
            ["ld.so.cache", "nsswitch.conf", "resolv.conf", "hosts", "host.conf", "gai.conf"];
        let in_etc = path.strip_prefix("/etc/").is_some_and(|name| in_etc.contains(&name));
        in_etc || path.contains(".so") || path.starts_with("/proc/self/")
    };
    // The age of a token after a restart depends on this file.
    let known = |path: &String| named.contains(path) || path == "/proc/sys/kernel/random/boot_id";
    assert!(named.iter().all(|path| opened.contains(path)), "{opened:?}");
    let unexpected: Vec<_> = opened.iter().filter(|path| !of_libc(path) && !known(path)).collect();
    assert_eq!((unexpected, other), (Vec::new(), Vec::<&str>::new()));
}

#[test]
fn proxy_of_the_environment_is_not_used() {
    needs!("gcc", "g++", "python3");
    let trap = TcpListener::bind("127.0.0.1:0").expect("loopback");
    trap.set_nonblocking(true).expect("it can be asked");
    let proxy = format!("http://{}", trap.local_addr().expect("bound"));
    let (rig, folder) = (Rig::new(), TempFolder::new());
    let jobs = Jobs::new(&rig, folder.path().join("token").display().to_string());
    for number in 0..4 {
        let mut job = jobs.push(number);
        for name in ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"] {
            job.env(name, &proxy).env_remove("no_proxy").env_remove("NO_PROXY");
        }
        job.env("ALL_PROXY", &proxy);
        let output = start(job).end();
        assert!(output.status.success(), "{}", text(&output));
    }
    assert!(trap.accept().is_err(), "a request went to the proxy");
}

#[test]
fn small_thread_stack_is_enough_for_a_whole_job() {
    needs!("gcc");
    let words = |kibibytes: &str| {
        let payload = fixture_path("02_user_account_1200.json");
        [c("small_stack", "-std=gnu99"), kibibytes.into(), payload.into()]
    };
    // In a debug build on Debian 13, a page more than 128 is needed.
    assert_eq!(run(&Rig::unlimited(), &words("160")), "passed\n");
}

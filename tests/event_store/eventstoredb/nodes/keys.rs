//! The keys that nodes share: a change of epoch on one of them, and files that are gone.

use std::fs;
use std::time::Duration;

use super::{Network, Node, PATIENCE, key, report, until};

/// Within what a node notices that the key file is gone, or back.
const NOTICED: Duration = Duration::from_secs(12);

fn epochs(network: &Network) -> Vec<u32> {
    let file = fs::read_to_string(network.home().join("keys/epochs")).unwrap();
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split(' ').next().unwrap().parse().unwrap()).collect()
}

#[test]
fn nodes_that_write_through_a_change_of_epoch_lose_no_text() {
    let network = Network::new();
    let (a, b) = network.pair();
    let stop = std::sync::atomic::AtomicBool::new(false);
    let stopped = || stop.load(std::sync::atomic::Ordering::Relaxed);
    let write = |node: &'static str, to: &Node| {
        let mut filed = Vec::new();
        for number in 0.. {
            if stopped() {
                break;
            }
            let title = format!("Caso {number} di {node}");
            filed.push((to.file(&title), title));
            std::thread::sleep(Duration::from_millis(20));
        }
        filed
    };
    let filed = std::thread::scope(|scope| {
        let one = scope.spawn(|| write("a", &a));
        let other = scope.spawn(|| write("b", &b));
        for round in 0..2 {
            // By a third process, and by two at once: one of them does it.
            if round == 0 {
                let told = network.run("c", &["keys", "rotate"]);
                assert!(told.contains("Epoch 2 is current"), "{told}");
            } else {
                let both = ["c", "d"].map(|node| {
                    let network = &network;
                    scope.spawn(move || network.try_run(node, &["keys", "rotate"]))
                });
                let both = both.map(|one| one.join().unwrap());
                let done = both.iter().filter(|output| output.status.success()).count();
                assert_eq!(done, 1, "{both:?}");
                let told = both.iter().map(|output| String::from_utf8_lossy(&output.stderr));
                assert!(told.into_iter().any(|told| told.contains("another node")), "{both:?}");
            }
            assert_eq!(epochs(&network), [2 + round]);
        }
        // Afterwards both seal under the new one.
        std::thread::sleep(Duration::from_secs(2));
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        [one.join().unwrap(), other.join().unwrap()].concat()
    });
    assert!(filed.len() > 100, "{}", filed.len());
    for node in [&a, &b] {
        for (issue, title) in &filed {
            assert_eq!(node.shows(issue)["title"], **title);
        }
        assert_eq!(node.status()["quarantined"], serde_json::json!([]));
    }
    // Every ring opens under the one key there is.
    assert!(network.run("c", &["check"]).contains("no fault"));
    b.stop();
    let again = network.start("b");
    assert_eq!(again.shows(&filed[0].0)["title"], *filed[0].1);
}

#[test]
fn a_node_that_cannot_read_the_keys_records_nothing_and_goes_on_showing() {
    let network = Network::new();
    let a = network.start("a");
    let issue = a.file("Prima");
    let (file, aside) = (network.home().join("keys/epochs"), network.home().join("keys/aside"));
    fs::rename(&file, &aside).unwrap();
    let refused = until(NOTICED, || {
        let reply = a.post("/issues", &key(), &[], &report("Dopo"));
        (reply.status != 201).then_some(reply)
    });
    assert_eq!((refused.status, refused.slug().as_str()), (503, "unavailable"));
    assert_eq!(a.status()["node"]["records"], false);
    assert_eq!(a.shows(&issue)["title"], "Prima");
    fs::rename(&aside, &file).unwrap();
    until(PATIENCE, || {
        (a.post("/issues", &key(), &[], &report("Ora")).status == 201).then_some(())
    });
    assert_eq!(a.status()["node"]["records"], true);
}

//! Threads whose work can wait while requests are answered.
//!
//! Deliberately absent: systems whose threads have no priority of their own. There nothing
//! changes, and all threads share the processor alike.
//!
//! Depends on: nothing in this crate.

/// How far behind the others a thread stands that gives way; from 0, alike, to 19.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// Lets this thread give way to the others when the processor is not enough for all.
pub(super) fn give_way() {
    #[cfg(target_os = "linux")]
    if let Err(why) = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICE) {
        tracing::debug!(%why, "a thread in the background takes its full share");
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_the_thread_that_asks_gives_way() {
        let nice = || rustix::process::getpriority_process(Some(rustix::thread::gettid()));
        let before = nice();
        let given = std::thread::spawn(move || {
            give_way();
            nice()
        });
        assert_eq!(given.join().ok(), Some(Ok(NICE)));
        assert_eq!(nice(), before);
    }
}

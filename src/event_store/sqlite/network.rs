//! Recognises network file systems, on which a database loses acknowledged writes.
//!
//! Deliberately absent: other systems than Linux, where nothing is refused.
//!
//! Depends on: nothing in this crate.

use std::fs;
use std::path::{Path, PathBuf};

/// File systems whose locks and syncs depend on another machine.
const NETWORK: [&str; 14] = [
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "coda",
    "davfs",
    "fuse.davfs",
    "fuse.glusterfs",
    "fuse.rclone",
    "fuse.sshfs",
    "glusterfs",
    "lustre",
    "smb3",
    "smbfs",
];

/// The kind of network file system an absolute folder is on, if it is on one.
pub(super) fn file_system(folder: &Path) -> Option<String> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
    let kind = kind_of(&mounts, folder)?;
    (NETWORK.contains(&kind) || kind.starts_with("nfs")).then(|| kind.to_owned())
}

/// The type of the file system a folder is on. The longest mount point above it wins,
/// and of several on the same point the last one, which covers the others.
fn kind_of<'mounts>(mounts: &'mounts str, folder: &Path) -> Option<&'mounts str> {
    let mut best: Option<(usize, &str)> = None;
    for line in mounts.lines() {
        let Some((left, right)) = line.split_once(" - ") else { continue };
        let Some(point) = left.split(' ').nth(4) else { continue };
        let point = PathBuf::from(unescape(point));
        let depth = point.components().count();
        if folder.starts_with(&point) && best.is_none_or(|(deepest, _)| depth >= deepest) {
            best = right.split(' ').next().map(|kind| (depth, kind));
        }
    }
    best.map(|(_, kind)| kind)
}

/// Undoes what the kernel does to blanks and backslashes in mount points.
fn unescape(point: &str) -> String {
    point.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 27 0:40 / /srv/dati\\040sai rw shared:5 - nfs4 server:/export rw
31 27 0:41 / /srv rw - xfs /dev/vdb rw
32 31 0:42 / /srv/local rw - tmpfs tmpfs rw
33 31 0:43 / /srv/local rw - cifs //server/share rw";

    #[test]
    fn the_longest_mount_point_decides() {
        assert_eq!(kind_of(MOUNTS, Path::new("/var/lib")), Some("ext4"));
        assert_eq!(kind_of(MOUNTS, Path::new("/srv/dati sai/quesito")), Some("nfs4"));
        assert_eq!(kind_of(MOUNTS, Path::new("/srv/dati")), Some("xfs"));
    }

    #[test]
    fn the_last_mount_on_a_point_covers_the_others() {
        assert_eq!(kind_of(MOUNTS, Path::new("/srv/local/x")), Some("cifs"));
    }

    #[test]
    fn a_temporary_folder_of_this_machine_is_local() {
        assert_eq!(file_system(&std::env::temp_dir()), None);
    }
}

//! Small files that only their owner may reach: how they are read, locked and replaced.
//!
//! They hold keys and what must not be lost with the data.
//!
//! A change goes through a temporary file in the same folder (mode 0600, synced,
//! renamed over the old one, folder synced), so that a crash leaves either the
//! old file or the new one. The replaced bytes are overwritten only afterwards:
//! overwriting them first would lose every key in a crash.
//!
//! Depends on: nothing in this crate.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

/// Such a file is far smaller; anything larger is another file.
const MAX_BYTES: u64 = 64 * 1024;

/// Why a private file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The operating system refused.
    #[error("cannot {action} the key file {}: {source}", path.display())]
    Io {
        /// What was being done, such as "read".
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The reason given by the operating system.
        source: io::Error,
    },
    /// Others than the owner may read or write it.
    #[error(
        "the key file {} has mode {mode:03o}: others than its owner can reach it; run `chmod 600` \
         on it, and change the key if somebody may have read it",
        path.display()
    )]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
}

/// The content, or `None` when there is no such file.
///
/// # Errors
///
/// [`FileError`] when it is exposed or cannot be read.
pub fn read(path: &Path) -> Result<Option<Zeroizing<String>>, FileError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(why) => return Err(failed("open", path)(why)),
    };
    let metadata = file.metadata().map_err(failed("read", path))?;
    refuse_exposed(path, &metadata)?;
    let mut content = Zeroizing::new(String::with_capacity(
        usize::try_from(metadata.len()).unwrap_or(0).min(1 << 16) + 1,
    ));
    file.take(MAX_BYTES).read_to_string(&mut content).map_err(failed("read", path))?;
    Ok(Some(content))
}

/// Waits for the sole right to change the file. Dropping the answer gives it up.
///
/// # Errors
///
/// [`FileError`] when it cannot be locked.
pub fn lock(path: &Path) -> Result<File, FileError> {
    let file = lock_file(path)?;
    file.lock().map_err(failed("lock", path))?;
    Ok(file)
}

/// The same where another machine may have the right and stand still: `None` when it was not
/// to be had in time. Blocks the calling thread.
///
/// # Errors
///
/// [`FileError`] when it cannot be locked.
pub fn lock_within(path: &Path, patience: Duration) -> Result<Option<File>, FileError> {
    let (file, begun) = (lock_file(path)?, Instant::now());
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) if begun.elapsed() < patience => {
                std::thread::sleep(Duration::from_millis(10));
            }
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(why)) => return Err(failed("lock", path)(why)),
        }
    }
}

fn lock_file(path: &Path) -> Result<File, FileError> {
    if let Some(folder) = path.parent() {
        create_folder(folder).map_err(failed("create the folder of", path))?;
    }
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    owner_only(&mut options);
    options.open(beside(path, ".lock")).map_err(failed("lock", path))
}

/// Puts `content` in the file's place, durably, and wipes what was there. The
/// caller holds the [`lock`].
///
/// # Errors
///
/// [`FileError`] when it cannot be written; then the old file is still there.
pub fn replace(path: &Path, content: &[u8]) -> Result<(), FileError> {
    let temporary = beside(path, ".tmp");
    // Left by a crash: it may hold a key that is to be forgotten.
    if let Ok(left) = OpenOptions::new().write(true).open(&temporary) {
        wipe(left);
        fs::remove_file(&temporary).map_err(failed("replace", path))?;
    }
    // Opened before the rename, because afterwards it has no name.
    let replaced = OpenOptions::new().write(true).open(path).ok();

    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    owner_only(&mut options);
    let mut file = options.open(&temporary).map_err(failed("write", path))?;
    file.write_all(content).map_err(failed("write", path))?;
    file.sync_all().map_err(failed("write", path))?;
    fs::rename(&temporary, path).map_err(failed("replace", path))?;
    sync_folder(path).map_err(failed("replace", path))?;

    if let Some(replaced) = replaced {
        wipe(replaced);
    }
    Ok(())
}

/// Overwrites a file with zeros. Best effort: the keys are already unlinked, and
/// no error here would make them less so.
fn wipe(mut file: File) {
    let length = file.metadata().map_or(0, |metadata| metadata.len()).min(MAX_BYTES);
    let zeros = vec![0; usize::try_from(length).unwrap_or(0)];
    let wiped = file
        .seek(SeekFrom::Start(0))
        .and_then(|_| file.write_all(&zeros))
        .and_then(|()| file.sync_all());
    if let Err(why) = wiped {
        tracing::warn!(error = %why, "the replaced keys could not be overwritten on disk");
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> FileError {
    let path = path.to_owned();
    move |source| FileError::Io { action, path, source }
}

#[cfg(unix)]
fn refuse_exposed(path: &Path, metadata: &fs::Metadata) -> Result<(), FileError> {
    use std::os::unix::fs::PermissionsExt;

    const GROUP_AND_OTHERS: u32 = 0o077;
    let mode = metadata.permissions().mode() & 0o777;
    let exposed = mode & GROUP_AND_OTHERS != 0;
    if exposed { Err(FileError::Exposed { path: path.to_owned(), mode }) } else { Ok(()) }
}

#[cfg(unix)]
fn owner_only(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;

    options.mode(0o600);
}

#[cfg(unix)]
fn create_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;

    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

// Elsewhere a file's reach is set by access lists, which the administrator
// gives to the folder, and a folder cannot be opened to be synced.

#[cfg(not(unix))]
fn refuse_exposed(_: &Path, _: &fs::Metadata) -> Result<(), FileError> {
    Ok(())
}

#[cfg(not(unix))]
fn owner_only(_: &mut OpenOptions) {}

#[cfg(not(unix))]
fn create_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

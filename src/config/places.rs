//! What lies where in a data folder.
//!
//! Depends on: nothing in this crate.

use std::path::PathBuf;

use super::{Data, SettingError};

impl Data {
    /// Refuses a store that is not in the data folder.
    ///
    /// # Errors
    ///
    /// [`SettingError::OnlyFiles`].
    pub fn in_files(self) -> Result<Self, SettingError> {
        if self.store.is_some() { Err(SettingError::OnlyFiles) } else { Ok(self) }
    }

    /// The file of the events and of the wrapped text keys.
    pub fn events(&self) -> PathBuf {
        self.folder.join("events.db")
    }

    /// The register of erasures, beside the key file.
    pub fn erasures(&self) -> PathBuf {
        let mut name = self.keys.as_os_str().to_owned();
        name.push(".erasures");
        name.into()
    }

    /// The folder of the views, which may be deleted at any time.
    pub fn views(&self) -> PathBuf {
        self.folder.join("views")
    }

    /// The tiles of the log, which may be deleted at any time.
    pub fn log(&self) -> PathBuf {
        self.folder.join("log.db")
    }

    /// The folder of the documents.
    pub fn documents(&self) -> PathBuf {
        self.documents.clone().unwrap_or_else(|| self.folder.join("documents"))
    }

    /// The name of this node, where several share a store.
    pub fn node(&self) -> PathBuf {
        self.folder.join("node")
    }
}

//! The programs that make rows and train: where they are, and running one.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail, ensure};
use runtime::model::installed::ModelFolders;

/// Where everything is.
#[derive(Debug)]
pub(super) struct Programs {
    python: PathBuf,
    /// The folder of the scripts.
    scripts: PathBuf,
    /// What makes rows.
    generator: PathBuf,
    /// The engine, which is asked whether it computes what was trained.
    pub(super) engine: PathBuf,
    /// Lines written by hand, which come with the project.
    pub(super) natural: PathBuf,
    /// A folder for what is made.
    pub(super) work: PathBuf,
}

/// What a program said.
pub(super) struct Said {
    pub(super) out: String,
    pub(super) err: String,
}

impl Programs {
    /// Finds all that is needed.
    ///
    /// # Errors
    /// What is missing, and where it comes from.
    pub(super) fn find(places: &ModelFolders, python: &Path, work: &Path) -> anyhow::Result<Self> {
        let absolute = |path: &Path| std::path::absolute(path).with_context(|| format!("find `{}`", path.display()));
        let shipped = absolute(&places.shipped)?;
        let engine = absolute(&places.engine)?;
        let found = Self {
            python: python.to_path_buf(),
            scripts: shipped.join("train"),
            generator: engine.with_file_name("hearth-generate"),
            engine,
            natural: shipped.join("natural"),
            work: work.to_path_buf(),
        };
        for path in [&found.scripts.join("tune.py"), &found.natural, &found.generator] {
            ensure!(
                path.exists(),
                "`{}` is not here: tuning needs a checkout of the project that was built, and --models names its \
                 folder `models`",
                path.display()
            );
        }
        let mut check = Command::new(python);
        check.args(["-c", "import torch, numpy, gguf"]);
        run(check).with_context(|| {
            let packages = found.scripts.join("requirements.txt");
            format!(
                "use `{}`, which needs the packages of `{}`; --python names another",
                python.display(),
                packages.display()
            )
        })?;
        Ok(found)
    }

    /// Has rows made.
    pub(super) fn generate(&self, arguments: &[String]) -> anyhow::Result<Said> {
        let mut command = Command::new(&self.generator);
        command.args(arguments);
        run(command)
    }

    /// Where the training leaves what it learned.
    pub(super) fn checkpoint(&self) -> PathBuf {
        self.work.join("tuned.pt")
    }

    /// A script of the training, with no arguments yet.
    pub(super) fn script(&self, name: &str) -> Command {
        let mut command = Command::new(&self.python);
        command.arg(self.scripts.join(name)).current_dir(&self.scripts).env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }
}

/// Runs a command to its end.
///
/// # Errors
/// If it can't be started, or fails; with what it said.
pub(super) fn run(mut command: Command) -> anyhow::Result<Said> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("start `{program}`"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if !output.status.success() {
        bail!("`{program}` failed: {}{}", text(&output.stderr).trim(), text(&output.stdout).trim());
    }
    Ok(Said { out: text(&output.stdout), err: text(&output.stderr) })
}

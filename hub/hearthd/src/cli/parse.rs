//! `hearthd parse`: what each case of a file would come to, by itself; acts on nothing.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use house::{House, Rules};
use mind::decide::Thresholds;
use mind::understand::prompt::Names;
use runtime::hub::snapshot::Snapshot;
use runtime::model::language_model::Model;
use runtime::turn::dry_run::{Case, dry_run};
use serde::Deserialize;

use super::jsonl;

/// A case.
#[derive(Debug, Deserialize)]
struct CaseLine {
    id: String,
    text: String,
    lang: Option<String>,
    area_context: Option<String>,
    fixture: Option<String>,
}

/// The houses of a file, each with its names, made once.
pub(crate) struct Houses {
    snapshots: BTreeMap<String, Arc<Snapshot>>,
    only: Option<Arc<Snapshot>>,
}

impl Houses {
    /// Reads a house file, which may hold one house or several by name.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("read the house file `{}`", path.display()))?;
        if let Ok(house) = device_adapters::house(&text) {
            return Ok(Self { snapshots: BTreeMap::new(), only: Some(snapshot(house)) });
        }
        let houses =
            device_adapters::maps(&text).with_context(|| format!("read the house file `{}`", path.display()))?;
        Ok(Self { snapshots: houses.into_iter().map(|(name, house)| (name, snapshot(house))).collect(), only: None })
    }

    /// The house of a case.
    pub(crate) fn of(&self, fixture: Option<&str>) -> Option<Arc<Snapshot>> {
        self.only.clone().or_else(|| self.snapshots.get(fixture?).cloned())
    }
}

/// Parses every case of a file; false if some lines were bad.
pub(crate) async fn run(
    home: &Path,
    input: &Path,
    output: &Path,
    model: Model,
    thresholds: Thresholds,
) -> anyhow::Result<bool> {
    let houses = Houses::read(home)?;
    let cases = jsonl::read::<CaseLine>(input)?;
    let mut out = jsonl::Writer::create(output)?;
    model.settled().await;
    for case in cases.rows {
        let house = houses.of(case.fixture.as_deref()).unwrap_or_default();
        let case = Case { id: case.id, text: case.text, lang: case.lang, area: case.area_context };
        out.row(&dry_run(&case, &house, &model, thresholds, &Rules::default()).await)?;
    }
    out.finish()?;
    Ok(!cases.had_bad)
}

fn snapshot(mut house: House) -> Arc<Snapshot> {
    // A house file is the observed truth; an entity without a reported state stays unknown.
    for entity in house.entities.values_mut() {
        if entity.state.value.is_some() {
            entity.state.quality = house::Quality::Observed;
        }
    }
    let names = Arc::new(Names::of(&house));
    Arc::new(Snapshot { house, names, ..Snapshot::default() })
}

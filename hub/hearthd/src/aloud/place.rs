//! What is meant for a place with a speaker: what belongs there, and what belongs where nothing can be heard.

use std::sync::Arc;

use house::{Area, AreaId, House, Lang, Notice, NoticeKind};
use mind::names::areas::area_named;
use mind::when::TimeContext;
use mind::{language, reply};

use super::Voices;

/// A place with a speaker.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The area it stands in, by id or name, if that is known.
    pub(crate) area: Option<String>,
    /// The areas in which the hub has a speaker.
    pub(crate) voices: Voices,
    /// The names of areas in which nothing sounds unasked but danger.
    pub(crate) quiet: Arc<[String]>,
}

/// Something that rings until it is stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ringing {
    /// What, among all that rings.
    pub(super) id: String,
    /// The words for it.
    pub(super) said: String,
    /// Their language.
    pub(super) lang: Lang,
}

impl Place {
    /// What rings here.
    pub(super) fn ringing(&self, house: &House, around: &TimeContext) -> Vec<Ringing> {
        if self.is_quiet(house) {
            return Vec::new();
        }
        let timers = house.timers.iter().filter(|timer| timer.rings() && self.is_for(timer.area.as_slice(), house));
        let timers = timers.map(|timer| {
            let lang = language::of_house(house);
            Ringing { id: timer.id.clone(), said: reply::timer_rings(timer, lang), lang }
        });
        let schedules = house.schedules.iter().filter_map(|schedule| {
            let since = schedule.rings_since_ms.filter(|_| self.is_for(schedule.area.as_slice(), house))?;
            let said = reply::rings(schedule, since, false, around, schedule.lang);
            Some(Ringing { id: schedule.id.clone(), said, lang: schedule.lang })
        });
        timers.chain(schedules).collect()
    }

    /// Whether a notice is said here. What rings says itself, and what can wait stands on the page.
    pub(super) fn says(&self, notice: &Notice, house: &House) -> bool {
        match notice.kind {
            NoticeKind::Danger => true,
            NoticeKind::Broadcast => !self.is_quiet(house) && self.is_for(&notice.areas, house),
            NoticeKind::Alarm
            | NoticeKind::Reminder
            | NoticeKind::Timer
            | NoticeKind::Schedule
            | NoticeKind::NotDone
            | NoticeKind::Suggestion
            | NoticeKind::Hint => false,
        }
    }

    /// What belongs to areas without a speaker is heard at all of them.
    pub(crate) fn is_for(&self, areas: &[AreaId], house: &House) -> bool {
        let stands_in = |names: &[String]| areas.iter().any(|area| is_among(area, names, house));
        stands_in(self.area.as_slice()) || !stands_in(&self.voices.areas())
    }

    /// Whether nothing sounds here unasked but danger.
    pub(crate) fn is_quiet(&self, house: &House) -> bool {
        self.area_id(house).is_some_and(|area| is_among(&area, &self.quiet, house))
    }

    /// The area it stands in, if there is such a one.
    pub(crate) fn area_id(&self, house: &House) -> Option<AreaId> {
        known(self.area.as_deref()?, house).map(|area| area.id.clone())
    }
}

fn is_among(area: &AreaId, names: &[String], house: &House) -> bool {
    names.iter().any(|name| known(name, house).is_some_and(|known| known.id == *area))
}

/// The area of an id or a name.
fn known<'a>(area: &str, house: &'a House) -> Option<&'a Area> {
    house.areas.get(&AreaId::new(area)).or_else(|| area_named(area, house))
}

#[cfg(test)]
mod tests {
    use house::{Area, MovingTimer};

    use super::*;

    fn house() -> House {
        let area = |id: &str, name: &str| {
            let id = AreaId::new(id);
            (id.clone(), Area { id, name: name.to_owned(), aliases: Vec::new(), floor: None })
        };
        House { areas: [area("k", "Kitchen"), area("o", "Office"), area("b", "Bathroom")].into(), ..House::default() }
    }

    fn at(area: &str, quiet: &[&str]) -> Place {
        let voices = Voices::of(vec!["Kitchen".to_owned()]);
        voices.set_board(Some("o".to_owned()));
        Place { area: Some(area.to_owned()), voices, quiet: quiet.iter().map(|one| (*one).to_owned()).collect() }
    }

    fn timer(id: &str, area: Option<&str>, left_s: u64) -> MovingTimer {
        MovingTimer {
            id: id.to_owned(),
            name: None,
            area: area.map(AreaId::new),
            length_s: 60,
            left_s,
            is_active: true,
            asked_by: None,
        }
    }

    fn ids(place: &Place, house: &House) -> Vec<String> {
        let around = TimeContext { now_ms: 0, zone: jiff::tz::TimeZone::UTC, location: None };
        place.ringing(house, &around).into_iter().map(|one| one.id).collect()
    }

    #[test]
    fn what_rings_is_heard_where_it_belongs_or_everywhere() {
        let mut house = house();
        house.timers = vec![
            timer("kitchen", Some("k"), 0),
            timer("bathroom", Some("b"), 0),
            timer("nowhere", None, 0),
            timer("later", Some("k"), 5),
        ];
        assert_eq!(ids(&at("Kitchen", &[]), &house), ["kitchen", "bathroom", "nowhere"]);
        assert_eq!(ids(&at("Office", &[]), &house), ["bathroom", "nowhere"]);
        assert_eq!(ids(&at("Kitchen", &["kitchen"]), &house), [""; 0]);
        let somewhere = Place { area: None, ..at("Kitchen", &["kitchen"]) };
        assert_eq!(ids(&somewhere, &house), ["bathroom", "nowhere"]);
    }

    #[test]
    fn only_danger_is_told_in_a_quiet_room() {
        let house = house();
        let notice = |kind, areas: &[&str]| Notice {
            at_ms: 0,
            kind,
            schedule: None,
            said: "x".to_owned(),
            lang: Lang::En,
            areas: areas.iter().map(|area| AreaId::new(*area)).collect(),
            late_s: 0,
        };
        let (kitchen, quiet) = (at("Kitchen", &[]), at("Kitchen", &["Kitchen"]));
        assert!(kitchen.says(&notice(NoticeKind::Broadcast, &[]), &house));
        assert!(kitchen.says(&notice(NoticeKind::Broadcast, &["k"]), &house));
        assert!(!kitchen.says(&notice(NoticeKind::Broadcast, &["o"]), &house));
        assert!(!quiet.says(&notice(NoticeKind::Broadcast, &["k"]), &house));
        assert!(quiet.says(&notice(NoticeKind::Danger, &["o"]), &house));
        assert!(!kitchen.says(&notice(NoticeKind::Suggestion, &[]), &house));
    }
}

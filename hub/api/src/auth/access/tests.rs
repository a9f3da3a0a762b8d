//! Tests of the module above.

use super::*;

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

fn access() -> (Access, Store, Clock, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(dir.path(), 0).unwrap();
    let clock = Clock::simulated(1_000_000_000_000, jiff::tz::TimeZone::UTC, None);
    (Access::load(store.clone(), clock.clone()).unwrap(), store, clock, dir)
}

#[tokio::test]
async fn the_code_makes_an_owner_once() {
    let (access, store, clock, _dir) = access();
    let code = access.claim_code().unwrap();
    assert!(matches!(access.login(Some(&owner()), "anything at all", HERE).await, Err(Denied::Unclaimed)));
    assert!(matches!(access.claim("nonsense", "correct horse", HERE).await, Err(Denied::Wrong)));
    assert!(matches!(access.claim(&code, "short", HERE).await, Err(Denied::Unfit)));
    let session = access.claim(&code.to_lowercase().replace('-', " "), "correct horse", HERE).await.unwrap();
    assert!(access.by_session(&session).is_some());
    assert!(matches!(access.claim(&code, "another one", HERE).await, Err(Denied::Claimed)));
    let again = Access::load(store, clock).unwrap();
    assert_eq!(again.claim_code(), None);
    assert!(again.by_session(&session).is_some(), "sessions survive a restart");
    assert!(again.login(Some(&owner()), "correct horse", HERE).await.is_ok());
}

#[tokio::test]
async fn wrong_passwords_wait_longer_and_longer() {
    let (access, _store, clock, _dir) = access();
    let code = access.claim_code().unwrap();
    access.claim(&code, "correct horse", HERE).await.unwrap();
    for _ in 0..=secrets::throttle::FREE_GUESSES {
        assert!(matches!(access.login(Some(&owner()), "wrong horse", HERE).await, Err(Denied::Wrong)));
    }
    assert!(matches!(access.login(Some(&owner()), "correct horse", HERE).await, Err(Denied::Wait(1))));
    clock.advance(1000);
    assert!(matches!(access.login(Some(&owner()), "wrong horse", HERE).await, Err(Denied::Wrong)));
    assert!(matches!(access.login(Some(&owner()), "correct horse", HERE).await, Err(Denied::Wait(2))));
    assert!(
        access.login(Some(&owner()), "correct horse", IpAddr::from([192, 168, 1, 7])).await.is_ok(),
        "others are not kept out"
    );
    clock.advance(2000);
    assert!(access.login(Some(&owner()), "correct horse", HERE).await.is_ok());
}

#[tokio::test]
async fn a_child_who_logs_in_guesses_the_owners_password_no_sooner() {
    let (access, _store, clock, _dir) = access();
    access.claim(&access.claim_code().unwrap(), "correct horse", HERE).await.unwrap();
    let kid = PersonId::new("p1");
    access.set_password(&kid, "battery staple").await.unwrap();
    let mut looked_at = 0;
    for _ in 0..12 {
        looked_at += i32::from(matches!(access.login(Some(&owner()), "wrong horse", HERE).await, Err(Denied::Wrong)));
        access.login(Some(&kid), "battery staple", HERE).await.unwrap();
        clock.advance(50);
    }
    assert_eq!(looked_at, 5);
}

#[tokio::test]
async fn sessions_end_by_time_number_and_password() {
    let (access, _store, clock, _dir) = access();
    let first = access.claim(&access.claim_code().unwrap(), "correct horse", HERE).await.unwrap();
    let who = access.by_session(&first).unwrap();
    for _ in 0..MOST_SESSIONS {
        access.new_session(&mut access.inner(), &owner()).map_err(|denied| format!("{denied:?}")).unwrap();
    }
    assert!(!access.is_still_in(&who), "the oldest makes room");
    let second = access.login(Some(&owner()), "correct horse", HERE).await.unwrap();
    let third = access.change_password(&owner(), "correct horse", "battery staple", HERE).await.unwrap();
    assert_eq!(access.by_session(&second), None);
    assert!(access.by_session(&third).is_some());
    clock.advance(SESSION_MS);
    assert_eq!(access.by_session(&third), None);
}

#[test]
fn tokens_are_kept_as_hashes_and_can_be_taken_back() {
    let (access, store, _clock, _dir) = access();
    let (token, text) = access.create_token("script", &owner()).unwrap().unwrap();
    assert_eq!(access.by_token(&text), Some(Who::Program(token.id.clone())));
    let kept = store.setting::<serde_json::Value>(TOKENS).unwrap().unwrap().to_string();
    assert!(!kept.contains(&text));
    assert!(access.revoke_token(&token.id).unwrap());
    assert!(!access.revoke_token(&token.id).unwrap());
    assert_eq!(access.by_token(&text), None);
}

#[test]
fn the_local_login_is_for_its_user_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let (access, _store, _clock, dir) = access();
    access.local_login("0.0.0.0:8470".parse().unwrap()).write(dir.path()).unwrap();
    let login = LocalLogin::read(dir.path()).unwrap();
    assert_eq!(login.address.to_string(), "127.0.0.1:8470");
    assert_eq!(access.by_token(&login.token), Some(Who::CommandLine));
    let mode = std::fs::metadata(dir.path().join("local-login.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn everyone_has_a_login_of_their_own_until_they_are_shut_out() {
    let (access, store, clock, _dir) = access();
    access.claim(&access.claim_code().unwrap(), "correct horse", HERE).await.unwrap();
    let anna = PersonId::new("p1");
    assert!(
        matches!(access.login(Some(&anna), "correct horse", HERE).await, Err(Denied::Wrong)),
        "the owner's password is not theirs"
    );
    assert!(matches!(access.login(None, "correct horse", HERE).await, Err(Denied::Wrong)));
    access.set_password(&anna, "battery staple").await.unwrap();
    let session = access.login(Some(&anna), "battery staple", HERE).await.unwrap();
    let (_, token) = access.create_token("watch", &anna).unwrap().unwrap();
    let again = Access::load(store, clock).unwrap();
    let who = again.by_session(&session).unwrap();
    assert_eq!(
        (again.person(&who), again.person(&again.by_token(&token).unwrap())),
        (Some(anna.clone()), Some(anna.clone()))
    );
    assert!(matches!(again.login(Some(&owner()), "battery staple", HERE).await, Err(Denied::Wrong)));
    again.shut_out(&anna).unwrap();
    assert_eq!((again.by_session(&session), again.by_token(&token)), (None, None));
    assert!(matches!(again.login(Some(&anna), "battery staple", HERE).await, Err(Denied::Wrong)));
}

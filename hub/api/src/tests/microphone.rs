//! The board's microphone over the interface: who may choose and test it, and what is said where none can be used.

use super::*;

#[tokio::test]
async fn only_the_owner_sees_chooses_and_tests_the_microphone() {
    let (home, owner) = Home::owned().await;
    let (resident, _) = home.person(&owner, "Kim", "resident").await;
    let choice = json!({ "device": null, "area": null });
    for caller in [resident, home.program("phone")] {
        for (method, path) in [
            (Method::GET, "/api/v1/microphone"),
            (Method::PUT, "/api/v1/microphone"),
            (Method::DELETE, "/api/v1/microphone"),
            (Method::GET, "/api/v1/microphone/test"),
        ] {
            home.clock.advance(1000);
            let answer = home.send(method.clone(), &caller, path, choice.clone()).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method} {path}: {}", answer.body);
        }
    }
    assert!(!home.web.ears.board.is_chosen());
    let shown = home.get(&owner, "/api/v1/microphone").await.body;
    assert_eq!((&shown["devices"], &shown["problem"]), (&json!([]), &json!("other")), "{shown}");
    assert!(shown["reason"].as_str().unwrap().contains("/nowhere/hearth-sound"), "{shown}");
}

#[tokio::test]
async fn a_hub_that_hears_nothing_takes_no_microphone_and_its_test_says_so() {
    let (home, owner) = Home::owned().await;
    let answer = home.send(Method::PUT, &owner, "/api/v1/microphone", json!({ "device": "default" })).await;
    assert_eq!(
        (answer.status, said(&answer)),
        (StatusCode::UNPROCESSABLE_ENTITY, "this hub is configured to hear nothing")
    );
    let test = home.get(&owner, "/api/v1/microphone/test").await;
    let told = test.body.as_str().unwrap();
    assert!(told.starts_with("event: failed\ndata: ") && told.contains("\"why\":\"recognizer\""), "{told}");
    let status = home.get(&owner, "/api/v1/house").await.body["status"]["microphone"].clone();
    assert_eq!(status, json!({ "state": "off", "problem": null, "reason": null }));
}

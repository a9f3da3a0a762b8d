//! How strange words sound, over the interface: who may say it.

use super::*;

#[tokio::test]
async fn only_the_owner_says_how_a_word_sounds_and_only_of_words_that_are_strange() {
    let (home, owner) = Home::owned().await;
    let (resident, _) = home.person(&owner, "Kim", "resident").await;
    let path = "/api/v1/pronunciations/siobhan";
    let body = json!({ "heard_as": "she von" });
    for caller in [resident, home.program("phone")] {
        for (method, path) in [(Method::GET, "/api/v1/pronunciations"), (Method::PUT, path), (Method::DELETE, path)] {
            home.clock.advance(1000);
            let answer = home.send(method.clone(), &caller, path, body.clone()).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method} {path}: {}", answer.body);
        }
    }
    assert_eq!(home.get(&owner, "/api/v1/pronunciations").await.body, json!([]));
    let strange = home.send(Method::PUT, &owner, path, body).await;
    assert_eq!(strange.status, StatusCode::NOT_FOUND, "{}", strange.body);
    assert!(home.web.ears.pronunciations.all().is_empty());
    assert_eq!(home.send(Method::DELETE, &owner, path, json!({})).await.status, StatusCode::OK);
}

//! How a scripted peer ends the connection of a token request.

use crate::scripted_peer::{PeerAction, Response, Step, Text};

/// Where a script ends with the response to a token request, has the response say so. Otherwise
/// the client might send its next request before it sees the end.
pub fn closing(script: &[Step]) -> Vec<Step> {
    let mut script = script.to_vec();
    let [.., Step::Word(request), last] = &mut script[..] else { return script };
    if !request.starts_with("POST") {
        return script;
    }
    let close = "connection: close\r\n".to_owned();
    match last {
        Step::Action(PeerAction::Response(response)) => response.head = close + &response.head,
        Step::Word(word) => {
            let (status, body) = word.split_once(' ').unwrap_or((word, ""));
            if let Ok(status) = status.parse() {
                let body = Text::One(body.to_owned());
                let response = Response { status, head: close, body };
                *last = Step::Action(PeerAction::Response(response));
            }
        }
        Step::Action(_) => {}
    }
    script
}

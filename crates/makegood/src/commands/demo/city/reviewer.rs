//! Whoever looks at posts while the demonstration runs: visitors of it should not have to wait a
//! day before anybody is shown what they promote.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use promotions::{Promotion, State};
use store::{Page, Reader};
use writer::{Handle, Request};

use super::{cast, desk, in_list, list_of};
use crate::commands::demo::shop::SHOPKEEPER;
use crate::commands::serve::Serving;
use crate::failure::{Done, Failure};

/// Time between two looks.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Allows what visitors promote, a moment after they have paid, in a thread that ends with the
/// process. What the city itself has left in review stays there, to be seen.
pub(in crate::commands::demo) fn look_at_posts(serving: &Serving<'_>) -> Done {
    for book in serving.books {
        let (handle, mut reader) =
            (book.handle().clone(), serving.installation.reader(&book.record)?);
        let look = move || {
            // Nobody sends: it is waited on only.
            let (_silent, ticks) = mpsc::channel::<()>();
            while ticks.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) {
                if let Err(failure) = allow(&handle, reader.as_mut()) {
                    tracing::warn!(%failure, "nobody looks at posts any more");
                    return;
                }
            }
        };
        std::thread::Builder::new()
            .name("reviewer".to_owned())
            .spawn(look)
            .map_err(Failure::new)?;
    }
    Ok(())
}

fn allow(handle: &Handle, reader: &mut dyn Reader) -> Done {
    let waiting = reader.list(list_of(State::InReview), Page::after(None, 100))?;
    let waiting = in_list(waiting).into_iter().filter(|one| !is_to_stay(one));
    let request = |promotion: Promotion| Request {
        command: desk::allowing(promotion.id),
        actor: SHOPKEEPER,
        operation: None,
    };
    // One that was stopped in between is refused, and that is all.
    handle.decide(waiting.map(request).collect(), false)?;
    Ok(())
}

fn is_to_stay(promotion: &Promotion) -> bool {
    cast::UNSEEN.iter().any(|(_, boost)| promotion.post.as_str() == boost.post)
}

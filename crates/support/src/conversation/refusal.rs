//! Every named no of conversations.

macro_rules! refusals {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident = $number:literal, $code:literal, $text:literal;
    )+) => {
        /// Why something was not done in a conversation. The text is for whoever asked.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
        pub enum TalkRefusal {
            $($(#[doc = $doc])+ #[error($text)] $name,)+
        }

        impl TalkRefusal {
            /// Every refusal.
            pub const ALL: &[TalkRefusal] = &[$(TalkRefusal::$name,)+];

            /// Stable lower-case name.
            pub fn code(self) -> &'static str {
                match self { $(TalkRefusal::$name => $code,)+ }
            }

            /// Stable number, never used for another.
            pub fn number(self) -> u16 {
                match self { $(TalkRefusal::$name => $number,)+ }
            }
        }
    };
}

impl TalkRefusal {
    /// Whether the same may succeed later without anything else changing.
    pub fn is_transient(self) -> bool {
        self == TalkRefusal::TooManyMessages
    }
}

refusals! {
    /// As many messages as a customer may write within 24 hours.
    TooManyMessages = 1, "too_many_messages",
        "you have written very much today; write again tomorrow";
    /// As many conversations as a customer may have that are not solved.
    TooManyRequests = 2, "too_many_requests",
        "you have many requests that wait; add to one of them";
    /// The conversation has as many messages as one may have.
    ConversationFull = 3, "conversation_full", "this request is very long; begin another one";
    /// Nobody of staff has a hand in their own request.
    OwnRequest = 4, "own_request", "somebody else has to take care of your own request";
    /// Staff solve nothing that they have not answered.
    NotAnswered = 5, "not_answered", "answer it before it is solved";
    /// It is solved already.
    AlreadySolved = 6, "already_solved", "this request is solved already";
    /// One says how it went once it is solved.
    NotSolved = 7, "not_solved", "this request is not solved yet";
    /// Whoever is named takes care of it already, or nobody does.
    AlreadyAssigned = 8, "already_assigned", "it is so already";
}

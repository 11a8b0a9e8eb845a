//! What can happen at some time. The numbers are places in the lists of the world.

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// The wait of a thread is over, unless it waits for something else by now.
    Wake(usize, u64),
    /// A process of a job starts.
    Start(usize),
    /// A flag that ends a call is set.
    Cancel(usize),
    /// What was sent first over a connection arrives, at the server or at the client.
    ToServer(usize),
    ToClient(usize),
    /// A connection is made, or is refused.
    Connected(usize),
    Refused(usize),
    /// The server closes a connection that has been idle since some request.
    CloseIdle(usize, usize),
    /// The service carries a request out.
    Act(usize),
    FaultBegins(usize),
    FaultEnds(usize),
    /// Another program requests a token.
    Foreign,
}

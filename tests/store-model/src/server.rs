//! The server: one live token. A new one revokes the one before it.

/// More tokens than any run issues; a property checks that.
pub const MOST_TOKENS: usize = 12;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Server {
    /// How many tokens it has issued to the processes.
    pub issued: u8,
    /// The token that it accepts; 0 where another program has the live one.
    pub live: u8,
    /// The newest token that has less of its lifetime left than the expiry margin.
    pub due: u8,
    /// The newest token that has expired.
    pub expired: u8,
    /// Token requests that reach it after their sender crashed, or gave up waiting.
    pub late: u8,
    /// When each token was asked for: how many requests were announced before it.
    pub asked: [u8; MOST_TOKENS],
}

impl Server {
    /// Issues a token to a process that asked at that time.
    pub fn issue(&mut self, asked: u8) -> u8 {
        self.issued += 1;
        self.live = self.issued;
        self.asked[usize::from(self.issued)] = asked;
        self.issued
    }

    pub fn accepts(&self, token: u8) -> bool {
        token != 0 && token == self.live && token > self.expired
    }
}

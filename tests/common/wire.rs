//! Captures made packet by packet: one TCP connection, any segments in any order.

use shakedown::Direction;

/// Flags as in a TCP header.
pub const FIN: u8 = 1;
/// SYN.
pub const SYN: u8 = 2;
/// RST.
pub const RST: u8 = 4;
/// URG.
pub const URG: u8 = 0x20;
/// ACK.
pub const ACK: u8 = 0x10;

/// A capture (pcap) being made.
pub struct Wire {
    bytes: Vec<u8>,
    clock: u64,
    id: u16,
    /// Sequence numbers of stream offset 0: the client's and the server's.
    pub first: [u32; 2],
    /// The client's port.
    pub port: u16,
    /// Bytes kept of each packet.
    pub snaplen: usize,
}

impl Wire {
    /// An empty capture of a connection with these initial sequence numbers.
    pub fn new(client: u32, server: u32) -> Self {
        let mut bytes = Vec::new();
        for word in [0xa1b2_3c4d_u32, 0x0004_0002, 0, 0, 262_144, 1] {
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        let first = [client.wrapping_add(1), server.wrapping_add(1)];
        Self { bytes, clock: 1_700_000_000_000_000_000, id: 0, first, port: 50_000, snaplen: usize::MAX }
    }

    /// TCP's handshake.
    pub fn open(&mut self) -> &mut Self {
        self.packet(Direction::ToServer, self.first[0].wrapping_sub(1), 0, SYN, &[]);
        self.packet(Direction::ToClient, self.first[1].wrapping_sub(1), self.first[0], SYN | ACK, &[]);
        self.packet(Direction::ToServer, self.first[0], self.first[1], ACK, &[])
    }

    /// Bytes of a direction at a stream offset.
    pub fn send(&mut self, direction: Direction, offset: u64, payload: &[u8]) -> &mut Self {
        self.send_with(direction, offset, ACK, payload)
    }

    /// The same with other flags.
    pub fn send_with(&mut self, direction: Direction, offset: u64, flags: u8, payload: &[u8]) -> &mut Self {
        let [own, other] = self.ends(direction);
        self.packet(direction, own.wrapping_add(offset as u32), other, flags, payload)
    }

    /// An acknowledgment by the receiver of a direction of all before a stream offset.
    pub fn acknowledge(&mut self, direction: Direction, offset: u64) -> &mut Self {
        let [own, other] = self.ends(direction);
        self.packet(direction.reversed(), other, own.wrapping_add(offset as u32), ACK, &[])
    }

    fn ends(&self, direction: Direction) -> [u32; 2] {
        match direction {
            Direction::ToServer => self.first,
            Direction::ToClient => [self.first[1], self.first[0]],
        }
    }

    /// One packet.
    pub fn packet(&mut self, direction: Direction, seq: u32, ack: u32, flags: u8, payload: &[u8]) -> &mut Self {
        self.clock += 100_000_000;
        self.id += 1;
        let (client, server) = (([10, 0, 0, 1], self.port), ([10, 0, 0, 2], 443_u16));
        let (from, to) = if direction == Direction::ToServer { (client, server) } else { (server, client) };
        let mut frame = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0];
        frame.extend_from_slice(&((40 + payload.len()) as u16).to_be_bytes());
        frame.extend_from_slice(&self.id.to_be_bytes());
        frame.extend_from_slice(&[0x40, 0, 64, 6, 0, 0]);
        frame.extend_from_slice(&from.0);
        frame.extend_from_slice(&to.0);
        frame.extend_from_slice(&from.1.to_be_bytes());
        frame.extend_from_slice(&to.1.to_be_bytes());
        frame.extend_from_slice(&seq.to_be_bytes());
        frame.extend_from_slice(&ack.to_be_bytes());
        frame.extend_from_slice(&[0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        frame.extend_from_slice(payload);
        let kept = frame.len().min(self.snaplen);
        let (seconds, nanos) = (self.clock / 1_000_000_000, self.clock % 1_000_000_000);
        for word in [seconds as u32, nanos as u32, kept as u32, frame.len() as u32] {
            self.bytes.extend_from_slice(&word.to_le_bytes());
        }
        self.bytes.extend_from_slice(&frame[..kept]);
        self
    }

    /// A UDP datagram between the client's and the server's address.
    pub fn datagram(&mut self, direction: Direction, ports: [u16; 2], payload: &[u8]) -> &mut Self {
        self.clock += 100_000_000;
        let (client, server) = ([10, 0, 0, 1], [10, 0, 0, 2]);
        let (from, to) = if direction == Direction::ToServer { (client, server) } else { (server, client) };
        let mut frame = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0];
        frame.extend_from_slice(&((28 + payload.len()) as u16).to_be_bytes());
        frame.extend_from_slice(&[0, 0, 0x40, 0, 64, 17, 0, 0]);
        frame.extend_from_slice(&from);
        frame.extend_from_slice(&to);
        for half in [ports[0], ports[1], 8 + payload.len() as u16, 0] {
            frame.extend_from_slice(&half.to_be_bytes());
        }
        frame.extend_from_slice(payload);
        let (seconds, nanos) = (self.clock / 1_000_000_000, self.clock % 1_000_000_000);
        for word in [seconds as u32, nanos as u32, frame.len() as u32, frame.len() as u32] {
            self.bytes.extend_from_slice(&word.to_le_bytes());
        }
        self.bytes.extend_from_slice(&frame);
        self
    }

    /// The capture so far.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Connections to a port that refuses them, from these client ports.
pub fn refused(ports: impl IntoIterator<Item = u16>) -> Vec<u8> {
    let mut wire = Wire::new(0, 0);
    for (number, port) in ports.into_iter().enumerate() {
        let isn = 1000 * (number as u32 + 1);
        wire.port = port;
        wire.packet(Direction::ToServer, isn, 0, SYN, &[]);
        wire.packet(Direction::ToClient, 0, isn + 1, RST | ACK, &[]);
    }
    wire.bytes().to_vec()
}

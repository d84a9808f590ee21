//! Access tokens: JWTs of 15 minutes for programs. They name a user, that user's epoch and the log-in they came from; the entry query checks
//! all three against the database, so that log-out works at once.

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use secrecy::SecretSlice;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::UserId;

/// How long an access token lives.
const LIFETIME: TimeDelta = TimeDelta::minutes(15);
/// Clocks of two machines may differ by this much.
const LEEWAY_SECONDS: i64 = 5;
const ISSUER: &str = "budget";
const AUDIENCE: &str = "budget-api";
/// The header's `typ`: a token made for something else is none for the API (RFC 9068).
const TYPE: &str = "at+jwt";

/// A token that is not one of ours, or no longer good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the access token is not valid")]
pub struct BadToken;

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    iss: String,
    aud: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    /// Whose it is.
    pub sub: UserId,
    /// The log-in that it came from: its family of refresh tokens.
    pub sid: Uuid,
    /// The user's epoch when it was made.
    pub epoch: i32,
}

/// Makes and reads access tokens.
#[derive(Clone)]
pub struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl Tokens {
    /// Tokens signed with a key that is derived from `secret` and used for nothing else.
    #[must_use]
    pub fn new(secret: &SecretSlice<u8>) -> Self {
        let key = super::secret::derive("access tokens", secret);
        Self {
            encoding: EncodingKey::from_secret(&key),
            decoding: DecodingKey::from_secret(&key),
        }
    }

    /// A token for one log-in, good from `now` for 15 minutes.
    ///
    /// # Errors
    /// When signing fails.
    pub fn issue(
        &self,
        user: UserId,
        family: Uuid,
        epoch: i32,
        now: DateTime<Utc>,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let claims = Claims {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            iat: now.timestamp(),
            nbf: now.timestamp(),
            exp: (now + LIFETIME).timestamp(),
            sub: user,
            sid: family,
            epoch,
        };
        let header = Header {
            typ: Some(TYPE.into()),
            ..Header::new(Algorithm::HS256)
        };
        encode(&header, &claims, &self.encoding)
    }

    /// Reads a token: its signature, algorithm, type, issuer, audience and times must all be right.
    ///
    /// # Errors
    /// [`BadToken`], without saying why: that is nobody's business.
    pub fn read(&self, token: &str, now: DateTime<Utc>) -> Result<Claims, BadToken> {
        if decode_header(token).map_err(|_| BadToken)?.typ.as_deref() != Some(TYPE) {
            return Err(BadToken);
        }
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        // The crate reads the system's clock; ours is given, so the times are checked below.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let claims = decode::<Claims>(token, &self.decoding, &validation)
            .map_err(|_| BadToken)?
            .claims;
        let now = now.timestamp();
        if claims.exp.saturating_add(LEEWAY_SECONDS) <= now || claims.nbf > now + LEEWAY_SECONDS {
            return Err(BadToken);
        }
        Ok(claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_348_800, 0).unwrap()
    }

    #[test]
    fn a_token_is_good_for_fifteen_minutes() {
        let tokens = Tokens::new(&vec![7; 32].into());
        let (user, family) = (UserId::new(), Uuid::now_v7());
        let token = tokens.issue(user, family, 3, noon()).unwrap();
        let claims = tokens.read(&token, noon() + TimeDelta::minutes(14)).unwrap();
        assert_eq!((claims.sub, claims.sid, claims.epoch), (user, family, 3));
        assert_eq!(
            tokens.read(&token, noon() + TimeDelta::minutes(16)),
            Err(BadToken)
        );
        assert_eq!(tokens.read(&token, noon() - TimeDelta::minutes(1)), Err(BadToken));
    }

    #[test]
    fn a_token_of_another_key_type_or_algorithm_is_refused() {
        let tokens = Tokens::new(&vec![7; 32].into());
        let foreign = Tokens::new(&vec![8; 32].into());
        let token = foreign.issue(UserId::new(), Uuid::now_v7(), 0, noon()).unwrap();
        assert_eq!(tokens.read(&token, noon()), Err(BadToken));

        let claims = foreign.read(&token, noon()).unwrap();
        let key = tokens.encoding.clone();
        let other_type = encode(&Header::new(Algorithm::HS256), &claims, &key).unwrap();
        assert_eq!(tokens.read(&other_type, noon()), Err(BadToken));
        let header = Header {
            typ: Some(TYPE.into()),
            ..Header::new(Algorithm::HS512)
        };
        assert_eq!(
            tokens.read(&encode(&header, &claims, &key).unwrap(), noon()),
            Err(BadToken)
        );
        let header = Header {
            typ: Some(TYPE.into()),
            ..Header::new(Algorithm::HS256)
        };
        let other_audience = Claims {
            aud: "elsewhere".into(),
            ..claims
        };
        assert_eq!(
            tokens.read(&encode(&header, &other_audience, &key).unwrap(), noon()),
            Err(BadToken)
        );
        assert_eq!(tokens.read("not.a.token", noon()), Err(BadToken));
    }
}

// What verify.html needs of PKI.js and its companions. pki.js is made of it, see README.md.
import * as asn1js from "asn1js";
import { ContentInfo, SignedData, Certificate, CryptoEngine, setEngine } from "pkijs";
import { sha256 } from "@noble/hashes/sha2.js";
globalThis.pki = { asn1js, ContentInfo, SignedData, Certificate, CryptoEngine, setEngine, sha256 };

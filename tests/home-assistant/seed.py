#!/usr/bin/env python3
"""Writes a configuration of Home Assistant with an owner, a broker and Hearth's voice, and prints a token.

seed.py FOLDER HTTP_PORT BROKER_PORT USER PASSWORD WYOMING_PORT
"""
import base64
import hashlib
import hmac
import json
import secrets
import sys
import time
import uuid
from pathlib import Path

folder, http_port, broker_port, user, password, wyoming_port = sys.argv[1:7]
storage = Path(folder) / ".storage"
storage.mkdir(parents=True, exist_ok=True)


def keep(key, data, version=1):
    (storage / key).write_text(json.dumps({"version": version, "minor_version": 1, "key": key, "data": data}))


def entry(domain, title, data):
    return {
        "entry_id": uuid.uuid4().hex, "version": 1, "minor_version": 1, "domain": domain, "title": title, "data": data, "options": {},
        "pref_disable_new_entities": False, "pref_disable_polling": False, "source": "user", "unique_id": None, "disabled_by": None,
    }


def token(owner_key, issuer):
    def part(value):
        return base64.urlsafe_b64encode(value).rstrip(b"=")

    now = int(time.time())
    head = part(json.dumps({"alg": "HS256", "typ": "JWT"}, separators=(",", ":")).encode())
    body = part(json.dumps({"iss": issuer, "iat": now - 60, "exp": now + 10**8}, separators=(",", ":")).encode())
    signed = head + b"." + body
    return (signed + b"." + part(hmac.new(owner_key.encode(), signed, hashlib.sha256).digest())).decode()


owner, refresh, key = uuid.uuid4().hex, uuid.uuid4().hex, secrets.token_hex(64)
keep("auth", {
    "users": [{"id": owner, "group_ids": ["system-admin"], "is_owner": True, "is_active": True, "name": "owner", "system_generated": False, "local_only": False}],
    "groups": [{"id": "system-admin", "name": "Administrators"}, {"id": "system-users", "name": "Users"}, {"id": "system-read-only", "name": "Read Only"}],
    "credentials": [],
    "refresh_tokens": [{
        "id": refresh, "user_id": owner, "client_id": None, "client_name": "test", "client_icon": None, "token_type": "long_lived_access_token",
        "created_at": "2026-01-01T00:00:00.000000+00:00", "access_token_expiration": 10.0**8, "token": secrets.token_hex(64), "jwt_key": key,
        "last_used_at": None, "last_used_ip": None, "expire_at": None, "credential_id": None, "version": None,
    }],
})
keep("onboarding", {"done": ["user", "core_config", "analytics", "integration"]}, version=4)
broker = {"broker": "127.0.0.1", "port": int(broker_port), "username": user, "password": password, "discovery": True}
keep("core.config_entries", {"entries": [entry("mqtt", "mqtt", broker), entry("wyoming", "Hearth", {"host": "127.0.0.1", "port": int(wyoming_port)})]})
for name in ("automations.yaml", "scripts.yaml", "scenes.yaml"):
    (Path(folder) / name).touch()
(Path(folder) / "configuration.yaml").write_text(f"""homeassistant:
  name: Home
  latitude: 0
  longitude: 0
  unit_system: metric
  time_zone: UTC
http:
  server_host: 127.0.0.1
  server_port: {http_port}
api:
conversation:
logger:
  default: warning
input_boolean:
  hue_lamp_power:
template:
  - light:
      - name: Hue lamp
        unique_id: hue_lamp
        state: "{{{{ is_state('input_boolean.hue_lamp_power', 'on') }}}}"
        turn_on:
          - action: input_boolean.turn_on
            target: {{entity_id: input_boolean.hue_lamp_power}}
        turn_off:
          - action: input_boolean.turn_off
            target: {{entity_id: input_boolean.hue_lamp_power}}
  - lock:
      - name: Shed door
        unique_id: shed_door
        state: "{{{{ 'locked' }}}}"
        lock: []
        unlock:
          - action: lock.unlock_the_bolt_that_is_not_there
""")
print(token(key, refresh))

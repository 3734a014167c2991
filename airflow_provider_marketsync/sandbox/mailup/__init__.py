# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A stand-in for one MailUp account: tokens, REST console, HTTP API, webhooks and files, from the wire contract."""

# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The nouns and the pure rules about people: records, addresses, mapping, consent, the definition of a sync."""
